#include "tuning/wanted.h"

#include "tuning/lasting_files.h"

namespace kraken {

void Wanted::want_file(const TuningFacts& facts, std::string path, std::string content) {
  const std::string* there = facts.content(path);
  if (there != nullptr && *there == content) return;
  std::string why = path + (there == nullptr ? " is not there" : " is not as it should be");
  changes.push_back({Change::Kind::kFile, std::move(path), std::move(content), 0, std::move(why)});
}

void Wanted::want_own_file(const TuningFacts& facts, std::string path, std::string content) {
  own_files.push_back({path, content});
  want_file(facts, std::move(path), std::move(content));
}

void Wanted::want_value(const TuningFacts& facts, const std::string& kernel_file, const std::string& value) {
  const std::string* now = facts.value(kernel_file);
  if (now != nullptr && *now == value) return;
  changes.push_back({Change::Kind::kKernelFile, kernel_file, value, 0,
                     kernel_file + " is " + (now == nullptr ? "not there yet" : *now) + ", not " + value});
}

void Wanted::want_retuning(const TuningFacts& facts) {
  const std::size_t before = changes.size();
  want_file(facts, std::string(kTuneUnit), std::string(tune_unit()));
  want_file(facts, std::string(kTuneAtBoot), std::string(tune_at_boot()));
  want_file(facts, std::string(kTuneRule), std::string(tune_rule()));
  if (changes.size() == before) return;
  // What comes up later in this very boot (an adapter, a governor, swap) is caught by it as well.
  changes.push_back(
      {Change::Kind::kRunTune, std::string(kTuneAtBootUnit), "", 0, "the rest of this boot is not watched"});
}

}  // namespace kraken
