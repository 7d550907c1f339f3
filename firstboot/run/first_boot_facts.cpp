#include <algorithm>

#include "run/first_boot.h"
#include "steps/swarm_member.h"

namespace kraken {

Facts FirstBoot::gather() {
  Facts facts = gather_facts(options_.root, record_.boot_folder, system_);
  if (looks_at(Stage::kNetwork)) facts.network = gather_network(options_.root, record_, network_);
  look_at_cluster(facts);
  return facts;
}

// At the part of the cluster that the record asks for, if its turn has come.
void FirstBoot::look_at_cluster(Facts& facts) const {
  const bool is_its_turn = looks_at(Stage::kCluster);
  if (is_k3s_node(record_) && (is_its_turn || looks_at(Stage::kNetwork))) {
    facts.k3s = gather_k3s(options_.root, record_);
  }
  if (!is_its_turn) return;
  if (is_kubeadm_node(record_)) facts.kubernetes = gather_kubernetes(options_.root, record_, system_, engine_);
  if (engine_ != nullptr && is_swarm_node(record_)) facts.swarm = gather_swarm(options_.root, *engine_);
}

bool FirstBoot::lacks_address() const {
  const auto state = network_.state();
  return !state.ok() ||
         std::ranges::find(state->addresses, record_.network.address, &LinkAddress::address) == state->addresses.end();
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
  if (step.touches() == Touches::kCluster) {
    look_at_cluster(facts_);
    facts_.clock = system_.now();
    return;
  }
  Facts before = std::move(facts_);
  facts_ = gather_facts(options_.root, record_.boot_folder, system_);
  facts_.network = std::move(before.network);
  facts_.swarm = std::move(before.swarm);
  facts_.kubernetes = std::move(before.kubernetes);
  facts_.k3s = std::move(before.k3s);
}

}  // namespace kraken
