#include "steps/registry.h"

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
  return steps;
}

}  // namespace kraken
