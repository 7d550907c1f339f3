// How the nodes become one cluster: the section `orchestrator`, and what must hold between it and the network.
#pragma once

#include "config/check.h"
#include "config/model.h"
#include "config/problems.h"

namespace kraken {

// The section, a word or keys, into `cluster`, whose network has been read. What is wrong is told and left at its
// default.
void read_orchestrator(const View& section, ClusterConfig& cluster, Problems& problems);

// One pool that does not clash with the nodes' own network. In 10.0.0.0/8, unless the nodes are there themselves: then
// the rest of it is likely to be other networks of the same site. Docker's own bridges are in neither.
Ipv4Subnet default_address_pool(const Ipv4Subnet& lan);

}  // namespace kraken
