// From facts, record and journal to what is to be done now, in order and with reasons. Pure: no file is read, nothing
// is changed, the same inputs give the same plan.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "facts/facts.h"
#include "journal/journal.h"
#include "plan/step.h"

namespace kraken {

using Steps = std::vector<std::unique_ptr<const Step>>;

enum class Action {
  kNothing,        // is as it should be
  kApply,          // changes something that lasts
  kApplyThisBoot,  // changes the running kernel's state only
  kWait,           // needed, but has failed too often of late: not in this run
  kImpossible,
  kUnavailable,
};

struct PlannedStep {
  const Step* step = nullptr;  // owned by the Steps that were planned
  Action action = Action::kNothing;
  std::string reason;
};

PlannedStep plan_step(const Step& step, const Facts& facts, const NodeRecord& record, const Journal& journal);
std::vector<PlannedStep> make_plan(const Steps& steps, const Facts& facts, const NodeRecord& record,
                                   const Journal& journal);

bool is_apply(Action action);
// "nothing to do", "to be done", ...: for the log.
std::string_view to_word(Action action);

}  // namespace kraken
