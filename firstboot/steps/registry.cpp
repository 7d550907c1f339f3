#include "steps/registry.h"

namespace kraken {

Steps all_steps() {
  Steps steps;
  steps.push_back(make_clock_floor_step());
  steps.push_back(make_hostname_step());
  steps.push_back(make_grow_root_step());
  return steps;
}

}  // namespace kraken
