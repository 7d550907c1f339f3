// One thing that first boot brings about. A step describes a state of the node, not an action: check() says from facts
// alone whether that state is there, apply() brings it about and may be repeated, also after it was cut off anywhere.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "contract/node_record.h"
#include "facts/facts.h"
#include "system/system.h"

namespace kraken {

struct Check {
  enum class State {
    kDone,
    kNeeded,          // something that lasts is missing
    kNeededThisBoot,  // only the running kernel's state is: nothing on the disk will change
    kImpossible,      // trying would be useless or harmful; looked at again on every boot
    kUnavailable,     // this kernel or board does not have it, and nothing is wrong with that
  };
  State state = State::kDone;
  // Ends up in the status file: for the person who reads it, and the same on every boot that finds the same.
  std::string reason;

  static Check done(std::string reason) { return {State::kDone, std::move(reason)}; }
  static Check needed(std::string reason) { return {State::kNeeded, std::move(reason)}; }
  static Check needed_this_boot(std::string reason) { return {State::kNeededThisBoot, std::move(reason)}; }
  static Check unavailable(std::string reason) { return {State::kUnavailable, std::move(reason)}; }
  static Check impossible(std::string reason) { return {State::kImpossible, std::move(reason)}; }
};

// When in a boot a step's turn is.
enum class Stage {
  kEarly,    // before anything asks the network: local files only
  kNetwork,  // once the network's own services run
  kCluster,  // once the engine that the cluster runs on may: it waits for the network to be set up
};

// What apply() may have to wait for: for the LED. A step that waits for something also takes up the network or a load
// on it, which may take the machine down, or waits longer than its time: the journal says that it was begun.
enum class WaitsFor { kNothing, kNetwork, kManager };

// Which facts apply() may have changed, and are to be read anew after it.
enum class Touches {
  kSystem,   // all but the network
  kNetwork,  // all
  kTuning,   // NetworkFacts::tuning alone
  kCluster,  // the facts of the cluster alone, and the clock
};

class Step {
 public:
  virtual ~Step() = default;
  virtual WaitsFor waits_for() const { return WaitsFor::kNothing; }
  virtual Touches touches() const { return Touches::kSystem; }
  virtual Stage stage() const { return Stage::kEarly; }
  // A step of another kind of cluster is done, and nothing is said of it.
  virtual bool concerns(const NodeRecord& /*record*/) const { return true; }
  // Lower case, digits and inner hyphens; the same for ever, since the journal and the status file know it.
  virtual std::string_view name() const = 0;
  // Pure.
  virtual Check check(const Facts& facts, const NodeRecord& record) const = 0;
  // Called only after check() said that it is needed, with the same facts.
  virtual Status apply(const Facts& facts, const NodeRecord& record, System& system) const = 0;
};

}  // namespace kraken
