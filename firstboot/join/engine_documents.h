// The Docker Engine's documents (docs.docker.com, Engine API), as far as the swarm is concerned: what it is asked with,
// and what it answers. Members that are not asked for may be anything, since every version has others; those that are
// must be what they should be.
#pragma once

#include "join/engine.h"
#include "join/engine_http.h"

namespace kraken {

// "1.41"; nothing for what is no version.
struct ApiVersion {
  unsigned major = 0;
  unsigned minor = 0;
  // NOLINTNEXTLINE(modernize-use-nullptr): what < is made of compares with 0
  friend auto operator<=>(const ApiVersion&, const ApiVersion&) = default;
};
std::optional<ApiVersion> parse_api_version(std::string_view text);
std::string format_api_version(ApiVersion version);

std::string format_swarm_init(const SwarmInit& init);
std::string format_swarm_join(const SwarmJoin& join);
std::string format_node_spec(const SwarmNode& node);

// All kCorrupt for something else.
Result<EngineInfo> parse_engine_info(std::string_view text);
Result<Swarm> parse_swarm(std::string_view text);
Result<std::vector<SwarmNode>> parse_swarm_nodes(std::string_view text);

// What the engine says when it refuses: {"message": "..."}, cut and on one line, with no join token in it.
std::string engine_message(const HttpAnswer& answer);

}  // namespace kraken
