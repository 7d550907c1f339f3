// What first boot looks at and changes.
#pragma once

#include "measure/meter.h"
#include "net/network.h"
#include "system/system.h"

namespace kraken {

// None is owned.
struct Machine {
  System& system;
  Network& network;
  LinkMeter* meter = nullptr;  // null: nothing is measured
};

}  // namespace kraken
