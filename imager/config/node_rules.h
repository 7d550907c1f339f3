// The nodes of a cluster: each by itself, and what must hold between them.
#pragma once

#include "config/check.h"
#include "config/library.h"
#include "config/model.h"
#include "config/problems.h"

namespace kraken {

// Reads nodes into `cluster`, whose name, network and orchestrator have been read, in the order of their ids.
void read_nodes(const View& nodes, ClusterConfig& cluster, Library& profiles, Problems& problems);

}  // namespace kraken
