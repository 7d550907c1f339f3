// What the steps of the cluster ask.
#pragma once

#include <filesystem>

#include "join/client.h"
#include "join/connect.h"
#include "join/engine.h"

namespace kraken {

// Nothing is owned.
struct ClusterAccess {
  Engine& engine;
  JoinBroker& broker;
  PortProbe& ports;
  std::filesystem::path root;  // of the node's tree, for secrets that must not be among the facts
};

}  // namespace kraken
