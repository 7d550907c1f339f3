// Inside steps/: the join brokers of a cluster's managers, as a node that needs something of them asks: every wait is
// bounded, and the clock follows theirs when no time server has set it.
#pragma once

#include <chrono>

#include "contract/node_record.h"
#include "join/client.h"
#include "system/system.h"

namespace kraken {

// The manager that makes the cluster.
bool is_first_manager(const NodeRecord& record);
// A manager's keys are those of the nodes that may be burned again; others have no use for theirs once they are in.
bool keeps_its_keys(const NodeRecord& record);

// The longest that Managers::ask() goes on asking.
inline constexpr std::chrono::seconds kManagerLimit{150};

class Managers {
 public:
  struct Node {
    const NodeRecord& record;
    System& system;
    bool clock_is_set = false;  // by a time server, since this boot
  };
  // All must outlive it.
  Managers(JoinBroker& broker, Node node) : broker_(broker), node_(node) {}

  // All but this node in turn until one knows an answer; "not yet" is asked again for a while. kIo with "waiting for
  // manager" when none does by then, and for a refusal.
  Result<Answer> ask(const Question& question);
  // Their time, when no time server has set this node's clock; fails as ask().
  Status follow_time();
  // The first manager that has something to say; else what the last one said. kNotFound when there is no other.
  Result<Answer> ask_once(const Question& question);
  // kIo while the clock is behind the time at which this node's image was made: a certificate that is not valid yet is
  // as bad as none.
  Status check_clock() const;

 private:
  Status follow_clock(UnixTime time);

  JoinBroker& broker_;
  Node node_;
};

}  // namespace kraken
