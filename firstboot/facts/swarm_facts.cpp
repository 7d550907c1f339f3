#include "facts/swarm_facts.h"

#include <array>

#include "join/node_key.h"
#include "system/rooted_system.h"

namespace kraken {

namespace {

constexpr std::array<std::string_view, 4> kDaemons = {"/usr/bin/dockerd", "/usr/sbin/dockerd", "/usr/local/bin/dockerd",
                                                      "/snap/bin/dockerd"};

void ask_engine(Engine& engine, SwarmFacts& facts) {
  auto info = engine.info();
  if (!info.ok()) {
    facts.problem = info.error().what();
    facts.is_too_old = info.error().code() == ErrorCode::kUnsupported;
    // What answers is there, wherever it lies.
    facts.is_installed |= info.error().code() != ErrorCode::kNotFound;
    return;
  }
  facts.is_installed = true;
  facts.engine = std::move(*info);
  if (facts.engine->swarm != SwarmState::kActive || !facts.engine->manages) return;
  const auto swarm = engine.swarm();
  if (!swarm.ok()) {
    facts.problem = swarm.error().what();
    return;
  }
  facts.cluster = swarm->cluster;
  facts.swarm_id = swarm->id;
}

}  // namespace

SwarmFacts gather_swarm(const std::filesystem::path& root, Engine& engine) {
  SwarmFacts facts;
  for (const std::string_view daemon : kDaemons) facts.is_installed |= is_there(root, daemon);
  ask_engine(engine, facts);
  facts.settled = read_settled_swarm(root);
  const auto key = read_join_key(root);
  facts.has_key = key.ok();
  if (!key.ok()) facts.key_problem = key.error().what();
  facts.clock_is_set = is_there(root, kTimeSynchronized);
  return facts;
}

}  // namespace kraken
