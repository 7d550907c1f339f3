// What is so of this node's part in the swarm: what Docker says, what this program has brought about before, and what
// it has to do it with.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "contract/node_record.h"
#include "facts/settled_swarm.h"
#include "join/engine.h"

namespace kraken {

struct SwarmFacts {
  bool is_installed = false;         // a Docker engine, running or not
  std::optional<EngineInfo> engine;  // nothing while it does not answer
  std::string problem;               // why it does not
  bool is_too_old = false;           // it does answer, and cannot be used
  std::string cluster;               // of the swarm that this node manages: its kClusterLabel, "" without
  std::string swarm_id;              // of that swarm
  std::optional<SettledSwarm> settled;
  bool has_key = false;       // for the join broker
  std::string key_problem;    // why there is none, when there should be one
  bool clock_is_set = false;  // a time server has answered since this boot
};

// systemd-timesyncd(8): "touched each time the time is synchronized".
inline constexpr std::string_view kTimeSynchronized = "/run/systemd/timesync/synchronized";

// Asks the engine once. Never fails as a whole.
SwarmFacts gather_swarm(const std::filesystem::path& root, Engine& engine);

}  // namespace kraken
