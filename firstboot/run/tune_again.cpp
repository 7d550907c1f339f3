#include "run/tune_again.h"

#include "facts/network_facts.h"
#include "run/first_boot.h"
#include "tuning/tuning.h"

namespace kraken {

Result<std::string> tune_again(const std::filesystem::path& root, const std::filesystem::path& record_path,
                               Machine machine) {
  KRAKEN_ASSIGN(const NodeRecord record, read_node_record(record_path));
  KRAKEN_ASSIGN(const NetworkState state, machine.network.state());
  const auto nics = read_nics(root, state.links);
  const TuningFacts facts = read_tuning(root, nics, state.links, read_eee(nics, machine.network));
  Status first = ok_status();
  std::string said;
  for (const SettingState& setting : check_tuning(record, facts)) {
    if (setting.state != SettingState::State::kNeededThisBoot) continue;
    Status applied = apply_setting(setting.name, facts, record, machine.system, machine.network);
    if (applied.ok()) said += setting.name + ": " + setting.reason + "\n";
    const bool is_failure = !applied.ok() && applied.error().code() != ErrorCode::kUnsupported;
    if (first.ok() && is_failure) first = std::move(applied).with_context(setting.name);
  }
  if (!first.ok()) return first.error();
  return said;
}

}  // namespace kraken
