// What first boot looks at and changes.
#pragma once

#include "join/engine.h"
#include "measure/meter.h"
#include "net/network.h"
#include "system/system.h"

namespace kraken {

// None is owned.
struct Machine {
  System& system;
  Network& network;
  LinkMeter* meter = nullptr;  // null: nothing is measured
  Engine* engine = nullptr;    // null: the cluster is not looked at
};

}  // namespace kraken
