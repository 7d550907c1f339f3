#include <algorithm>

#include "run/first_boot.h"
#include "steps/swarm_member.h"

namespace kraken {

Facts FirstBoot::gather() {
  Facts facts = gather_facts(options_.root, record_.boot_folder, system_);
  if (looks_at(Stage::kNetwork)) facts.network = gather_network(options_.root, record_, network_);
  if (looks_at(Stage::kCluster)) facts.swarm = look_at_swarm();
  return facts;
}

// Nothing when the cluster is no swarm.
std::optional<SwarmFacts> FirstBoot::look_at_swarm() const {
  if (engine_ == nullptr || !is_swarm_node(record_)) return std::nullopt;
  return gather_swarm(options_.root, *engine_);
}

bool FirstBoot::looks_at(Stage stage) const {
  return std::ranges::any_of(steps_, [&](const auto& step) { return step->stage() == stage && has_its_turn(*step); });
}

void FirstBoot::look_again(const Step& step) {
  if (step.touches() == Touches::kTuning && facts_.network) {
    return refresh_tuning(options_.root, network_, *facts_.network);
  }
  if (step.touches() == Touches::kNetwork) {
    facts_ = gather();
    return;
  }
  if (step.touches() == Touches::kSwarm) {
    facts_.swarm = look_at_swarm();
    facts_.clock = system_.now();
    return;
  }
  auto network = std::move(facts_.network);
  auto swarm = std::move(facts_.swarm);
  facts_ = gather_facts(options_.root, record_.boot_folder, system_);
  facts_.network = std::move(network);
  facts_.swarm = std::move(swarm);
}

}  // namespace kraken
