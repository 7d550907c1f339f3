#include "config/library.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "config/check.h"
#include "config/yaml.h"

namespace kraken {

namespace {

constexpr std::size_t kMaxChain = 16;

std::vector<std::string> quoted_folders(const std::vector<std::filesystem::path>& folders) {
  std::vector<std::string> names;
  for (const auto& folder : folders) names.push_back(folder.string());
  return names;
}

// What a file says about itself alone.
void drop_own_keys(Value& parent) {
  std::erase_if(parent.members, [](const Member& member) {
    return member.key == "extends" || member.key == "description" || member.key == "name";
  });
}

}  // namespace

std::optional<std::filesystem::path> Library::find_file(const std::string& name) const {
  for (const auto& folder : folders_) {
    std::error_code ignored;
    const auto file = folder / (name + ".yaml");
    if (std::filesystem::exists(file, ignored)) return file;
  }
  return std::nullopt;
}

std::vector<std::string> Library::known() const {
  std::set<std::string> names;
  for (const auto& folder : folders_) {
    std::error_code failed;
    for (std::filesystem::directory_iterator entry(folder, failed), end; !failed && entry != end;
         entry.increment(failed)) {
      if (entry->path().extension() == ".yaml") names.insert(entry->path().stem().string());
    }
  }
  return {names.begin(), names.end()};
}

std::string Library::not_known(const std::string& name) const {
  const auto names = known();
  std::string text = "there is no " + kind_.noun + " " + in_quotes(name) + did_you_mean(name, names);
  text += names.empty() ? "; none was found" : "; there are: " + join(names, ", ");
  return text + " (looked in " + join(quoted_folders(folders_), ", ") + ")";
}

bool Library::may_descend(const Sourced<std::string>& name) {
  const auto met = std::ranges::find(chain_, name.value);
  if (met != chain_.end()) {
    std::vector<std::string> circle(met, chain_.end());
    circle.push_back(name.value);
    problems_.add(name.origin, "extends goes round in a circle: " + join(circle, " -> ") + "; take one extends out");
    return false;
  }
  if (chain_.size() >= kMaxChain) {
    problems_.add(name.origin, "extends goes deeper than " + std::to_string(kMaxChain) + " files");
    return false;
  }
  return true;
}

const Library::Entry* Library::find(const Sourced<std::string>& name) {
  if (!may_descend(name)) return nullptr;
  auto known_entry = entries_.find(name.value);
  if (known_entry == entries_.end() && !has(name.value)) {
    problems_.add(name.origin, not_known(name.value));
    return nullptr;
  }
  if (known_entry == entries_.end()) {
    chain_.push_back(name.value);
    auto entry = load(name);
    chain_.pop_back();
    known_entry = entries_.emplace(name.value, std::move(entry)).first;
  }
  return known_entry->second ? &*known_entry->second : nullptr;
}

std::optional<Library::Entry> Library::load(const Sourced<std::string>& name) {
  const auto file = find_file(name.value);
  if (!file) return std::nullopt;
  const std::size_t before = problems_.count();
  auto value = read_yaml(*file, problems_);
  if (!value) return std::nullopt;
  check(*value, *kind_.definition, "", problems_);
  Entry entry{*file, std::move(*value)};
  const Value* const own_name = entry.value.find("name");
  if (own_name != nullptr && own_name->text != name.value) {
    problems_.add(own_name->origin, "name: expected " + in_quotes(name.value) + ", the file's own name, found " +
                                        in_quotes(own_name->text));
  }
  if (problems_.count() > before || problems_.full() || !extend(entry)) return std::nullopt;
  return entry;
}

bool Library::extend(Entry& entry) {
  const Value* const extends = entry.value.find("extends");
  if (extends == nullptr) return true;
  const Entry* const parent = find({extends->text, extends->origin});
  if (parent == nullptr) return false;
  Value inherited = parent->value;
  drop_own_keys(inherited);
  if (kind_.before_merge != nullptr) kind_.before_merge(inherited, entry.value);
  entry.value = merge(std::move(inherited), entry.value, kind_.lists);
  std::erase_if(entry.value.members, [](const Member& member) { return member.key == "extends"; });
  return true;
}

}  // namespace kraken
