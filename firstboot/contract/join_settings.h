// How the nodes become one cluster, as the node record says it, and the rules for those values that cluster.yaml has to
// keep as well. No secret is among them: those are in node_secrets.h.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ipv4.h"

namespace kraken {

inline constexpr std::uint16_t kDefaultBrokerPort = 5203;
inline constexpr std::uint16_t kMinBrokerPort = 1024;
// iperf3's protocol and kraken-measure's; Swarm's management, gossip and VXLAN (Docker's documentation, "Open protocols
// and ports between the hosts"); etcd's, Kubernetes's (its documentation, "Ports and Protocols"; the kubelet's and the
// proxy's health checks beside them), k3s's local balancer and flannel's VXLAN (k3s's, "Requirements").
inline constexpr std::array<std::uint16_t, 17> kPortsInUse = {
    5201, 5202, 2377, 7946, 4789, 2379, 2380, 6443, 6444, 8472, 10248, 10249, 10250, 10256, 10257, 10258, 10259};
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

// Every node gets a network of this size out of the pods' one: the default of kube-controller-manager, and flannel's.
inline constexpr int kNodePodPrefix = 24;
inline constexpr int kMinPodPrefix = kNodePodPrefix - 16;  // kube-controller-manager takes no larger difference
// kube-apiserver takes no more than 2^20 services; the cluster's DNS is the tenth address, which kubeadm asks for.
inline constexpr int kMinServicePrefix = 12;
inline constexpr int kMaxServicePrefix = 28;

struct KubeadmSettings {
  Ipv4Subnet pod_subnet;
  Ipv4Subnet service_subnet;
  std::string
      ca_hash;  // "sha256:" and the hexadecimal digest of the CA's SubjectPublicKeyInfo: kubeadm's discovery hash
  friend bool operator==(const KubeadmSettings&, const KubeadmSettings&) = default;
};

struct K3sSettings {
  Ipv4Subnet pod_subnet;
  Ipv4Subnet service_subnet;
  friend bool operator==(const K3sSettings&, const K3sSettings&) = default;
};

// Private (RFC 1918), or of the shared address space (RFC 6598), which many a pod network is put into.
bool is_cluster_range(const Ipv4Subnet& subnet);
// Whether each of so many nodes can have its own network out of the pods' one.
bool has_pod_networks(const Ipv4Subnet& pod_subnet, std::size_t nodes);
// "sha256:" and 64 lower-case hexadecimal digits.
bool is_ca_hash(std::string_view text);

struct JoinSettings {
  std::vector<Ipv4> managers;               // the first one makes the cluster, the others join it as managers
  std::uint32_t expected = 0;               // nodes, this one and the managers among them
  std::uint16_t port = kDefaultBrokerPort;  // of the join broker on the managers
  // Each exactly when the orchestrator is the one of its name.
  std::optional<SwarmSettings> swarm;
  std::optional<KubeadmSettings> kubeadm;
  std::optional<K3sSettings> k3s;
  friend bool operator==(const JoinSettings&, const JoinSettings&) = default;
};

}  // namespace kraken
