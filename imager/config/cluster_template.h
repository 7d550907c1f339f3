// The commented cluster.yaml that `kraken-image init` writes. Makes text alone; writes no file.
#pragma once

#include <cstdint>
#include <string>

#include "base/ipv4.h"
#include "base/result.h"

namespace kraken {

struct ClusterTemplate {
  std::string name = "kraken";
  std::string base = "debian-12-arm64";
  std::string orchestrator = "swarm";
  Ipv4Subnet subnet{{0xc0a80300}, 24};  // 192.168.3.0/24
  Ipv4 gateway{0xc0a80301};             // 192.168.3.1
  std::uint32_t nodes = 3;              // node 1 is the manager
  std::uint32_t first_host = 11;        // node 1's place in the subnet: 192.168.3.11
  std::string user = "kraken";
  std::string key_file = "~/.ssh/id_ed25519.pub";
};

// A text that read_cluster() accepts as it is, once the key file is there. kInvalidArgument when it would not: a name
// that is none, or more nodes than the subnet has addresses from the first one on (the gateway's is left out).
Result<std::string> commented_cluster_yaml(const ClusterTemplate& wanted);

}  // namespace kraken
