// Docker Engines that know one another: each can make a swarm, join one by its token, leave it. What goes wrong is the
// test's to say.
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "join/engine.h"

namespace kraken::test {

// All nodes of one swarm, as its managers see them.
struct FakeSwarm {
  std::string id = "swarm1";
  std::string cluster = "kraken";
  std::vector<SwarmNode> nodes;
  int joined = 0;

  Swarm document() const { return {id, cluster, "SWMTKN-1-" + id + "-worker", "SWMTKN-1-" + id + "-manager"}; }

  std::string add(const std::string& host, bool is_manager, const std::string& state = "ready") {
    SwarmNode node;
    node.id = id + "node" + std::to_string(++joined);
    node.version = 1;
    node.host_name = host;
    node.is_manager = is_manager;
    node.state = state;
    node.spec = Json::Object{{"Role", is_manager ? "manager" : "worker"}, {"Availability", "active"}};
    nodes.push_back(node);
    return node.id;
  }
  SwarmNode* find(const std::string& node_id) {
    const auto found = std::ranges::find(nodes, node_id, &SwarmNode::id);
    return found == nodes.end() ? nullptr : &*found;
  }
};

class FakeEngine final : public Engine {
 public:
  explicit FakeEngine(std::string host, FakeSwarm* reachable = nullptr) : reachable_(reachable) {
    state.name = std::move(host);
    state.version = "20.10.24";
  }

  EngineInfo state;
  std::vector<std::string> calls;
  int silent = 0;   // so many questions get no answer
  int pending = 0;  // after a join or an init: so many looks until it is active
  Status joining;   // what init and join answer, whatever comes of it
  bool join_works = true;
  int stale_updates = 0;  // so many updates are refused as out of date
  SwarmInit init;
  FakeSwarm own;  // that this engine makes

  // This engine is a node of that swarm already.
  void put_into(FakeSwarm& swarm, bool as_manager, SwarmState in_state = SwarmState::kActive) {
    swarm_ = &swarm;
    state.node_id = swarm.add(state.name, as_manager);
    state.swarm = in_state;
    state.manages = as_manager;
  }

  Result<EngineInfo> info() override {
    if (silent > 0) {
      --silent;
      return Error(ErrorCode::kNotFound, "/run/docker.sock: nobody");
    }
    if (state.swarm == SwarmState::kPending && pending > 0 && --pending == 0) state.swarm = SwarmState::kActive;
    return state;
  }
  Status init_swarm(const SwarmInit& wanted) override {
    calls.emplace_back("init");
    init = wanted;
    own.cluster = wanted.cluster;
    return enter(own, true);
  }
  Status join_swarm(const SwarmJoin& join) override {
    calls.push_back("join " + join.token);
    if (reachable_ == nullptr) return Error(ErrorCode::kIo, "no route");
    return enter(*reachable_, join.token == reachable_->document().manager_token);
  }
  Status leave_swarm() override {
    calls.emplace_back("leave");
    if (swarm_ != nullptr && swarm_->find(state.node_id) != nullptr) swarm_->find(state.node_id)->state = "down";
    swarm_ = nullptr;
    state.swarm = SwarmState::kInactive;
    state.node_id.clear();
    state.error.clear();
    state.manages = false;
    return ok_status();
  }
  Result<Swarm> swarm() override {
    if (swarm_ == nullptr || !state.manages) return Error(ErrorCode::kIo, "this node is not a swarm manager");
    return swarm_->document();
  }
  Result<std::vector<SwarmNode>> nodes() override {
    if (swarm_ == nullptr || !state.manages) return Error(ErrorCode::kIo, "this node is not a swarm manager");
    return swarm_->nodes;
  }
  Status update_node(const SwarmNode& node) override {
    calls.push_back("update " + node.id);
    SwarmNode* found = swarm_->find(node.id);
    if (stale_updates > 0) {
      --stale_updates;
      ++found->version;
    }
    if (found->version != node.version) return Error(ErrorCode::kIo, "update out of sequence");
    *found = node;
    found->is_manager = *node.spec.find("Role")->as_string() == "manager";
    ++found->version;
    return ok_status();
  }
  Status remove_node(const std::string& id) override {
    calls.push_back("remove " + id);
    std::erase_if(swarm_->nodes, [&](const SwarmNode& node) { return node.id == id; });
    return ok_status();
  }

 private:
  Status enter(FakeSwarm& swarm, bool as_manager) {
    if (state.swarm != SwarmState::kInactive) return Error(ErrorCode::kIo, "already part of a swarm");
    if (!join_works) return joining;
    put_into(swarm, as_manager, pending > 0 ? SwarmState::kPending : SwarmState::kActive);
    return joining;
  }

  FakeSwarm* reachable_;
  FakeSwarm* swarm_ = nullptr;
};

}  // namespace kraken::test
