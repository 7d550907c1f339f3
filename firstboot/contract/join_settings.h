// How the nodes become one cluster, as the node record says it, and the rules for those values that cluster.yaml has to
// keep as well. No secret is among them: those are in node_secrets.h.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/ipv4.h"

namespace kraken {

inline constexpr std::uint16_t kDefaultBrokerPort = 5203;
inline constexpr std::uint16_t kMinBrokerPort = 1024;
// iperf3's protocol and kraken-measure's; Swarm's management, gossip and VXLAN (Docker's documentation, "Open protocols
// and ports between the hosts").
inline constexpr std::array<std::uint16_t, 5> kPortsInUse = {5201, 5202, 2377, 7946, 4789};
bool is_port_in_use(std::int64_t port);

inline constexpr std::size_t kMaxAddressPools = 16;
inline constexpr int kMinPoolPrefix = 8;  // of a pool itself
// Docker refuses networks smaller than eight addresses.
inline constexpr int kMaxNetworkPrefix = 29;
inline constexpr int kDefaultNetworkPrefix = 24;
// Swarm's own CA lives for 20 years: no node's certificate outlives it.
inline constexpr int kMaxCertificateDays = 7300;
// Nodes that are switched off do not renew theirs, and one whose certificate has expired is out of the swarm for good;
// Docker's 90 days are shorter than many a holiday of a cluster of such boards.
inline constexpr int kDefaultCertificateDays = 3650;

struct SwarmSettings {
  std::vector<Ipv4Subnet> address_pools;    // what overlay networks are cut from
  int pool_prefix = kDefaultNetworkPrefix;  // of each such network
  int certificate_days = kDefaultCertificateDays;
  friend bool operator==(const SwarmSettings&, const SwarmSettings&) = default;
};

struct JoinSettings {
  std::vector<Ipv4> managers;               // the first one makes the cluster, the others join it as managers
  std::uint32_t expected = 0;               // nodes, this one and the managers among them
  std::uint16_t port = kDefaultBrokerPort;  // of the join broker on the managers
  std::optional<SwarmSettings> swarm;       // exactly when the orchestrator is "swarm"
  friend bool operator==(const JoinSettings&, const JoinSettings&) = default;
};

}  // namespace kraken
