// What of the Docker Engine concerns its swarm, behind an interface so that tests can pretend one. See engine_docker.h.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/ipv4.h"
#include "base/result.h"
#include "json/json.h"

namespace kraken {

enum class SwarmState { kInactive, kPending, kActive, kError, kLocked };
// "inactive", "pending", "active", "error", "locked": as the engine says it.
std::string_view to_word(SwarmState state);

struct EngineInfo {
  std::string name;     // the host name under which the swarm knows it
  std::string version;  // "20.10.24"
  SwarmState swarm = SwarmState::kInactive;
  std::string error;     // of the swarm
  std::string node_id;   // in the swarm; "" when it has none
  bool manages = false;  // has the swarm's control (the state of the raft)
  bool live_restore = false;
  std::string cgroup_driver;  // "systemd", "cgroupfs"; "" for anything else
  friend bool operator==(const EngineInfo&, const EngineInfo&) = default;
};

// What makes swarms of this program's known again, among the labels of a swarm.
inline constexpr std::string_view kClusterLabel = "kraken.cluster";

struct SwarmInit {
  std::string cluster;  // becomes kClusterLabel
  Ipv4 address;         // of this node, for control and for data
  std::vector<Ipv4Subnet> address_pools;
  int pool_prefix = 24;
  int certificate_days = 0;
};

struct SwarmJoin {
  Ipv4 address;
  std::vector<Ipv4> managers;
  std::string token;  // secret
};

struct Swarm {
  std::string id;
  std::string cluster;       // its kClusterLabel, "" without
  std::string worker_token;  // secret, like the other one
  std::string manager_token;
};

struct SwarmNode {
  std::string id;
  std::uint64_t version = 0;  // of the entry: an update of an older one is refused
  std::string host_name;      // as the node itself says
  std::string address;
  bool is_manager = false;
  std::string state;  // "ready", "down", "unknown", "disconnected"
  std::map<std::string, std::string> labels;
  Json spec;  // all of it, for an update must give everything
};

class Engine {
 public:
  virtual ~Engine() = default;

  // All of them: kNotFound when no engine answers; kUnsupported when it is too old; kInvalidArgument when it does not
  // want what is asked; kIo for everything else, with what it says. Each ends within a minute.
  virtual Result<EngineInfo> info() = 0;
  // Success is not enough, and neither is failure: a join that took too long goes on in the background, and one that
  // was cut off may have been done. What counts is info().
  virtual Status init_swarm(const SwarmInit& init) = 0;
  virtual Status join_swarm(const SwarmJoin& join) = 0;
  // By force, whatever hangs on it.
  virtual Status leave_swarm() = 0;
  // The rest is for managers.
  virtual Result<Swarm> swarm() = 0;
  virtual Result<std::vector<SwarmNode>> nodes() = 0;
  // Gives the node its spec, changed; `version` is the entry's.
  virtual Status update_node(const SwarmNode& node) = 0;
  virtual Status remove_node(const std::string& id) = 0;
};

// The node's labels are these as well, whatever others it has; true when that changed something.
bool add_labels(SwarmNode& node, const std::map<std::string, std::string>& labels);
// A manager becomes a worker.
void demote(SwarmNode& node);

}  // namespace kraken
