// Inside steps/: brings this node into the cluster's swarm. Every wait is bounded; what is not done by then fails, and
// is tried again by the next run.
#pragma once

#include <string>

#include "contract/node_record.h"
#include "facts/facts.h"
#include "join/client.h"
#include "join/engine.h"
#include "system/system.h"

namespace kraken {

// What the steps of the cluster ask. Neither is owned.
struct ClusterAccess {
  Engine& engine;
  JoinBroker& broker;
};

bool is_swarm_node(const NodeRecord& record);
// The manager that makes the swarm.
bool is_first_manager(const NodeRecord& record);

class SwarmMember {
 public:
  struct Node {
    const Facts& facts;
    const NodeRecord& record;
    System& system;
  };
  // All must outlive it; the facts are those of a node whose swarm was looked at.
  SwarmMember(ClusterAccess access, Node node) : access_(access), node_(node) {}

  // Until the node is an active part of the cluster's swarm, which is then written down.
  Status become();
  // Asks the brokers of the managers in turn until one knows an answer; "not yet" is asked again for a while. The clock
  // is set from an answer when no time server has set it.
  Result<Answer> ask_managers(const Question& question);

 private:
  Result<EngineInfo> wait_for_engine();
  Result<EngineInfo> wait_while_pending(EngineInfo info, int tries);
  Status lead(const EngineInfo& info);
  Status follow(const EngineInfo& info);
  Status make_swarm();
  Status join(const Answer& ticket);
  Status take_over(const EngineInfo& info);
  Status leave(const EngineInfo& info, const std::string& why);
  Status label_self(const std::string& node_id);
  Status settle(const std::string& swarm, const std::string& node_id);
  Result<Answer> ask_once(const Question& question);
  Status follow_clock(UnixTime time);
  Status check_clock() const;
  bool is_settled(const EngineInfo& info) const;

  ClusterAccess access_;
  Node node_;
  std::string note_;  // of SettledSwarm
};

}  // namespace kraken
