// /var/lib/kraken/swarm.json: which swarm this node was brought into, as which of its nodes, and whether its report was
// delivered. Written afterwards; what Docker says about the swarm is what counts.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace kraken {

struct SettledSwarm {
  std::string swarm;
  std::string node;
  std::string note;  // what a person should know of how it came to be, or ""
  bool reported = false;
  friend bool operator==(const SettledSwarm&, const SettledSwarm&) = default;
};

inline constexpr std::string_view kSettledSwarmPath = "/var/lib/kraken/swarm.json";
inline constexpr std::string_view kSettledSwarmFormat = "kraken-swarm";
inline constexpr int kSettledSwarmVersion = 1;
inline constexpr std::size_t kSettledSwarmMaxSize = 4096;

std::string format_settled_swarm(const SettledSwarm& swarm);
// kCorrupt for anything that is not exactly such a file, kUnsupported for another version.
Result<SettledSwarm> parse_settled_swarm(std::string_view text);
// Nothing when there is none, or none that can be used.
std::optional<SettledSwarm> read_settled_swarm(const std::filesystem::path& root);

}  // namespace kraken
