// What must hold between the addresses of a cluster.
#pragma once

#include <string>

#include "config/check.h"
#include "config/model.h"
#include "config/problems.h"

namespace kraken {

// The section `network`; what is wrong with it is told and left at its default (a subnet of prefix 0).
NetworkConfig network_from(const View& network, Problems& problems);

// Tells when a host cannot have that address in the subnet. `path` names the key. Silent when the subnet was not read.
void check_host_address(const Sourced<Ipv4>& address, const NetworkConfig& network, const std::string& path,
                        Problems& problems);

}  // namespace kraken
