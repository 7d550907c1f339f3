#include "plan/plan.h"

namespace kraken {

namespace {

// The journal only ever holds back; that a step is done is for check() alone to say. No counter: the reason ends up on
// the card, which is not written anew for every run that goes by.
PlannedStep needed_step(const Step& step, const Check& check, const Journal& journal) {
  const bool lasting = check.state == Check::State::kNeeded;
  const JournalEntry* past = journal.find(step.name());
  if (past == nullptr || past->wait == 0) {
    return {&step, lasting ? Action::kApply : Action::kApplyThisBoot, check.reason};
  }
  return {&step, Action::kWait,
          check.reason + "; it has failed " + std::to_string(kTriesInSuccession) +
              " times in succession or more, and is tried less and less often"};
}

}  // namespace

PlannedStep plan_step(const Step& step, const Facts& facts, const NodeRecord& record, const Journal& journal) {
  const Check check = step.check(facts, record);
  switch (check.state) {
    case Check::State::kDone:
      return {&step, Action::kNothing, check.reason};
    case Check::State::kImpossible:
      return {&step, Action::kImpossible, check.reason};
    case Check::State::kUnavailable:
      return {&step, Action::kUnavailable, check.reason};
    case Check::State::kNeeded:
    case Check::State::kNeededThisBoot:
      break;
  }
  return needed_step(step, check, journal);
}

std::vector<PlannedStep> make_plan(const Steps& steps, const Facts& facts, const NodeRecord& record,
                                   const Journal& journal) {
  std::vector<PlannedStep> plan;
  plan.reserve(steps.size());
  for (const auto& step : steps) plan.push_back(plan_step(*step, facts, record, journal));
  return plan;
}

bool is_apply(Action action) {
  return action == Action::kApply || action == Action::kApplyThisBoot;
}

std::string_view to_word(Action action) {
  switch (action) {
    case Action::kNothing:
      return "nothing to do";
    case Action::kApply:
      return "to be done";
    case Action::kApplyThisBoot:
      return "to be done for this boot";
    case Action::kWait:
      return "put off";
    case Action::kImpossible:
      return "impossible";
    case Action::kUnavailable:
      return "not available here";
  }
  return "";
}

}  // namespace kraken
