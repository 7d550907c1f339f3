// Inside steps/: brings this node into the cluster's swarm. Every wait is bounded; what is not done by then fails, and
// is tried again by the next run.
#pragma once

#include <string>

#include "contract/node_record.h"
#include "facts/facts.h"
#include "join/engine.h"
#include "steps/cluster_access.h"
#include "steps/managers.h"
#include "system/system.h"

namespace kraken {

bool is_swarm_node(const NodeRecord& record);

class SwarmMember {
 public:
  struct Node {
    const Facts& facts;
    const NodeRecord& record;
    System& system;
  };
  // All must outlive it; the facts are those of a node whose swarm was looked at.
  SwarmMember(ClusterAccess access, Node node)
      : access_(std::move(access)),
        node_(node),
        managers_(access_.broker, {node.record, node.system, node.facts.swarm->clock_is_set}) {}

  // Until the node is an active part of the cluster's swarm, which is then written down.
  Status become();

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
  bool is_settled(const EngineInfo& info) const;

  ClusterAccess access_;
  Node node_;
  Managers managers_;
  std::string note_;  // of SettledSwarm
};

}  // namespace kraken
