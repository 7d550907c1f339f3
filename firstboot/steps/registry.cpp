#include "steps/registry.h"

#include "tuning/tuning.h"

namespace kraken {

Steps early_steps() {
  Steps steps;
  steps.push_back(make_clock_floor_step());
  steps.push_back(make_hostname_step());
  steps.push_back(make_grow_root_step());
  steps.push_back(make_adapter_rule_step());
  return steps;
}

Steps network_steps(Network& network) {
  Steps steps = early_steps();
  steps.push_back(make_network_step(network));
  for (const std::string_view setting : setting_names()) steps.push_back(make_tuning_step(setting, network));
  steps.push_back(make_k3s_interface_step());
  return steps;
}

Steps cluster_steps(const ClusterAccess& access) {
  Steps steps;
  steps.push_back(make_swarm_step(access));
  steps.push_back(make_swarm_report_step(access));
  steps.push_back(make_kubernetes_runtime_step(access));
  steps.push_back(make_kubelet_unit_step());
  steps.push_back(make_kubernetes_step(access));
  steps.push_back(make_kubernetes_addons_step());
  steps.push_back(make_k3s_step(access));
  steps.push_back(make_cluster_report_step(access));
  return steps;
}

Steps all_steps(Network& network, const ClusterAccess& access) {
  Steps steps = network_steps(network);
  for (auto& step : cluster_steps(access)) steps.push_back(std::move(step));
  return steps;
}

}  // namespace kraken
