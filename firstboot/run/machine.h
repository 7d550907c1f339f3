// What first boot looks at and changes.
#pragma once

#include "net/network.h"
#include "system/system.h"

namespace kraken {

// Neither is owned.
struct Machine {
  System& system;
  Network& network;
};

}  // namespace kraken
