#include "tuning/tuning.h"

#include <algorithm>

#include "facts/network_facts.h"
#include "steps/registry.h"

namespace kraken {

namespace {

// "fair_queue_bbr" is the step "tune-fair-queue-bbr": the names of steps have no underscores.
std::string step_name(std::string_view setting) {
  std::string name = "tune-" + std::string(setting);
  std::ranges::replace(name, '_', '-');
  return name;
}

Check check_of(const SettingState& state) {
  using State = SettingState::State;
  switch (state.state) {
    case State::kDone:
    case State::kNeedsReboot:
    case State::kOff:
      return Check::done(state.reason);
    case State::kNeeded:
      return Check::needed(state.reason);
    case State::kNeededThisBoot:
      return Check::needed_this_boot(state.reason);
    case State::kUnavailable:
      break;
  }
  return Check::unavailable(state.reason);
}

class TuningStep final : public Step {
 public:
  TuningStep(std::string_view setting, Network& network)
      : setting_(setting), name_(step_name(setting)), network_(network) {}

  Stage stage() const override { return Stage::kNetwork; }
  Touches touches() const override { return Touches::kTuning; }
  std::string_view name() const override { return name_; }

  Check check(const Facts& facts, const NodeRecord& record) const override {
    if (!facts.network) return Check::impossible("the node was not looked at");
    const auto states = check_tuning(record, facts.network->tuning);
    const auto found = std::ranges::find(states, setting_, &SettingState::name);
    return found == states.end() ? Check::unavailable("no such setting") : check_of(*found);
  }

  Status apply(const Facts& facts, const NodeRecord& record, System& system) const override {
    return apply_setting(setting_, facts.network->tuning, record, system, network_);
  }

 private:
  std::string_view setting_;
  std::string name_;
  Network& network_;
};

}  // namespace

std::unique_ptr<const Step> make_tuning_step(std::string_view setting, Network& network) {
  return std::make_unique<TuningStep>(setting, network);
}

}  // namespace kraken
