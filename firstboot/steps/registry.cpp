#include "steps/registry.h"

#include "tuning/tuning.h"

namespace kraken {

Steps early_steps() {
  Steps steps;
  steps.push_back(make_clock_floor_step());
  steps.push_back(make_hostname_step());
  steps.push_back(make_grow_root_step());
  return steps;
}

Steps all_steps(Network& network) {
  Steps steps = early_steps();
  steps.push_back(make_network_step(network));
  for (const std::string_view setting : setting_names()) steps.push_back(make_tuning_step(setting, network));
  return steps;
}

}  // namespace kraken
