#include "tuning/tuning.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "system/put_file.h"
#include "tuning/lasting_files.h"
#include "tuning/wanted.h"

namespace kraken {

namespace {

using State = SettingState::State;

struct Setting {
  std::string_view name;
  MakeWanted make;
  bool has_number = false;
};

// Sorted by what depends on what: BBR's queues after their length, swap last, as it may take a while.
constexpr std::array<Setting, 11> kSettings = {{
    {"ip_forward", want_ip_forward},
    {"bridge_netfilter", want_bridge_netfilter},
    {"memory_cgroup", want_memory_cgroup},
    {"cpu_governor_performance", want_performance_governor},
    {"usb_autosuspend_off", want_usb_autosuspend_off},
    {"eee_off", want_eee_off},
    {"rps", want_rps},
    {"receive_buffers", want_receive_buffers},
    {"tx_queue_length", want_tx_queue_length, true},
    {"fair_queue_bbr", want_fair_queue_bbr},
    {"swap_off", want_swap_off},
}};

// Long enough for a busy node's first modprobe, which reads from the card.
constexpr std::chrono::seconds kProgramLimit{30};

constexpr std::int64_t kMaxNumber = 0xffffffff;

const Setting* find_setting(std::string_view name) {
  const auto* found = std::ranges::find(kSettings, name, &Setting::name);
  return found == kSettings.end() ? nullptr : found;
}

// What the record says of one setting.
struct Choice {
  bool named = false;
  bool on = false;
  std::uint32_t number = 0;
  std::string problem;
};

Choice choice_of(const NodeRecord& record, const Setting& setting) {
  const auto found = record.tuning.find(std::string(setting.name));
  if (found == record.tuning.end()) return {};
  Choice choice;
  choice.named = true;
  if (const bool* flag = std::get_if<bool>(&found->second)) {
    choice.on = *flag;
    if (*flag && setting.has_number) choice.problem = "the record gives no number for it";
    return choice;
  }
  const std::int64_t number = std::get<std::int64_t>(found->second);
  choice.on = true;
  choice.number = static_cast<std::uint32_t>(number);
  if (!setting.has_number) choice.problem = "the record gives a number, where true or false was expected";
  if (setting.has_number && (number < 1 || number > kMaxNumber)) choice.problem = "the record's number is out of range";
  return choice;
}

// What is left of a setting that was on once.
Wanted switched_off(const Wanted& on, const TuningFacts& facts) {
  Wanted off;
  for (const OwnFile& file : on.own_files) {
    const std::string* there = facts.content(file.path);
    if (there == nullptr || *there != file.content) continue;
    off.changes.push_back(
        {Change::Kind::kRemoveFile, file.path, "", 0, "is switched off, and " + file.path + " is still there"});
  }
  return off;
}

Wanted wanted_of(const Setting& setting, const Choice& choice, const TuningFacts& facts, const NodeRecord& record) {
  const Wanted on = setting.make(facts, {record, choice.number});
  return choice.on ? on : switched_off(on, facts);
}

std::string reason_of(const std::vector<Change>& changes) {
  std::string reason = changes.front().why;
  if (changes.size() > 1) reason += "; and " + std::to_string(changes.size() - 1) + " more";
  return reason;
}

SettingState state_of(const Setting& setting, const TuningFacts& facts, const NodeRecord& record) {
  const Choice choice = choice_of(record, setting);
  const std::string name(setting.name);
  if (!choice.problem.empty()) return {name, State::kUnavailable, choice.problem};
  const Wanted wanted = wanted_of(setting, choice, facts, record);
  if (!wanted.changes.empty()) {
    const bool lasting = std::ranges::any_of(wanted.changes, &Change::lasting);
    return {name, lasting ? State::kNeeded : State::kNeededThisBoot, reason_of(wanted.changes)};
  }
  if (!choice.on) return {name, State::kOff, choice.named ? "off" : "left as the image has it"};
  if (!wanted.unavailable.empty()) return {name, State::kUnavailable, wanted.unavailable};
  if (!wanted.reboot.empty()) return {name, State::kNeedsReboot, wanted.reboot};
  return {name, State::kDone, wanted.done};
}

// Without waiting: it is to run after this program. A tree without systemd has the next boot.
Status run_tune(const Change& change, System& system) {
  const Status status = system.run_program({"systemctl", "--no-block", "start", change.target}, kProgramLimit);
  if (status.ok()) return ok_status();
  const ErrorCode code = status.error().code();
  return code == ErrorCode::kNotFound || code == ErrorCode::kUnsupported ? ok_status() : status;
}

Status make(const Change& change, std::uint32_t number, System& system, Network& network) {
  switch (change.kind) {
    case Change::Kind::kFile:
      return put_file(system, change.target, change.value, FileMode::kPublic);
    case Change::Kind::kBootFile:
      return put_file(system, change.target, change.value, FileMode::kOfMount);
    case Change::Kind::kRemoveFile:
      return system.remove_file(change.target);
    case Change::Kind::kLoadModule:
      return system.run_program({"modprobe", change.target}, kProgramLimit);
    case Change::Kind::kKernelFile:
      return system.write_kernel_file(change.target, change.value);
    case Change::Kind::kQueueLength:
      return network.set_tx_queue_length(change.link, number);
    case Change::Kind::kQueueing:
      return network.replace_root_queueing(change.link, change.value);
    case Change::Kind::kEeeOff:
      return network.set_eee(change.link, false);
    case Change::Kind::kSwapOff:
      return system.swap_off(change.target);
    case Change::Kind::kRunTune:
      return run_tune(change, system);
  }
  return Error(ErrorCode::kInternal, "no such change");
}

}  // namespace

std::vector<std::string_view> setting_names() {
  std::vector<std::string_view> names;
  for (const Setting& setting : kSettings) names.push_back(setting.name);
  return names;
}

std::vector<SettingState> check_tuning(const NodeRecord& record, const TuningFacts& facts) {
  std::vector<SettingState> states;
  states.reserve(kSettings.size());
  for (const Setting& setting : kSettings) states.push_back(state_of(setting, facts, record));
  for (const auto& [name, value] : record.tuning) {
    if (find_setting(name) == nullptr)
      states.push_back({name, State::kUnavailable, "this program knows no such setting"});
  }
  return states;
}

Status apply_setting(std::string_view name, const TuningFacts& facts, const NodeRecord& record, System& system,
                     Network& network) {
  const Setting* setting = find_setting(name);
  if (setting == nullptr) return Error(ErrorCode::kInvalidArgument, "no setting " + std::string(name));
  const Choice choice = choice_of(record, *setting);
  if (!choice.problem.empty()) return Error(ErrorCode::kInvalidArgument, std::string(name) + ": " + choice.problem);
  Status lacking;
  for (const Change& change : wanted_of(*setting, choice, facts, record).changes) {
    Status made = make(change, choice.number, system, network).with_context(name);
    if (made.ok()) continue;
    if (made.error().code() != ErrorCode::kUnsupported) return made;
    // What one interface's driver cannot do another's may.
    if (lacking.ok()) lacking = std::move(made);
  }
  return lacking;
}

}  // namespace kraken
