#include "config/kubernetes_rules.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "config/words.h"
#include "contract/join_settings.h"

namespace kraken {

namespace {

constexpr Ipv4Subnet kKubeadmPods{{0x0af40000}, 16};      // 10.244.0.0/16: what flannel's manifest expects
constexpr Ipv4Subnet kKubeadmServices{{0x0a600000}, 16};  // 10.96.0.0/16: of kubeadm's 10.96.0.0/12
constexpr Ipv4Subnet kK3sPods{{0x0a2a0000}, 16};          // 10.42.0.0/16 and 10.43.0.0/16: k3s' own
constexpr Ipv4Subnet kK3sServices{{0x0a2b0000}, 16};
// Beside the pool that a swarm gets there, and above Docker's bridges, which begin at 172.17.0.0/16.
constexpr Ipv4Subnet kOtherPods{{0xac1d0000}, 16};      // 172.29.0.0/16
constexpr Ipv4Subnet kOtherServices{{0xac1e0000}, 16};  // 172.30.0.0/16

bool is_kubernetes(const ClusterConfig& cluster) {
  return cluster.orchestrator.value == Orchestrator::kKubeadm || cluster.orchestrator.value == Orchestrator::kK3s;
}

// kube-apiserver's default --service-node-port-range, of which it may give any port to a service, on every node.
constexpr std::uint16_t kFirstNodePort = 30000;
constexpr std::uint16_t kLastNodePort = 32767;

struct Defaults {
  const char* key;
  Ipv4Subnet usual;
  Ipv4Subnet other;  // where the nodes are in the usual one
};

Sourced<Ipv4Subnet> subnet_of(const View& section, const Defaults& defaults, const ClusterConfig& cluster,
                              Problems& problems) {
  const auto& lan = cluster.network.subnet;
  const bool has_lan = lan.value.prefix != 0;
  const auto given = section.find(defaults.key);
  if (!given) return {has_lan && defaults.usual.overlaps(lan.value) ? defaults.other : defaults.usual, {}};
  Sourced<Ipv4Subnet> subnet{parse_ipv4_subnet(given->text()).value_or(Ipv4Subnet{}), given->origin()};
  if (has_lan && subnet.value.overlaps(lan.value)) {
    problems.add(subnet.origin, "orchestrator." + std::string(defaults.key) + ": " + format_ipv4_subnet(subnet.value) +
                                    " overlaps network.subnet, " + format_ipv4_subnet(lan.value) + " (" +
                                    lan.origin.text() + "); expected a private range that nothing else here uses");
  }
  return subnet;
}

bool is_below(std::string_view name, std::string_view domain) {
  return name == domain || name.ends_with("." + std::string(domain));
}

// pkg/apis/core/validation of Kubernetes, IsQualifiedName(); letters, digits and marks have been looked at before.
std::string check_form(std::string_view prefix, std::string_view name) {
  constexpr std::size_t kMaxName = 63;
  constexpr std::size_t kMaxPrefix = 253;
  const auto is_edge = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  const auto is_lower = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.'; };
  if (name.empty() || name.size() > kMaxName || !is_edge(name.front()) || !is_edge(name.back()) ||
      name.find('/') != std::string_view::npos || prefix.size() > kMaxPrefix ||
      !std::ranges::all_of(prefix, is_lower)) {
    return "is no label of Kubernetes' (63 characters at most, and before them a lower-case domain and a slash)";
  }
  return "";
}

}  // namespace

std::string check_kubelet_label(std::string_view key) {
  // staging/src/k8s.io/kubelet/pkg/apis/well_known_labels.go of Kubernetes: IsKubeletLabel(), without those that the
  // kubelet sets by itself. With another one it does not start; plugin/pkg/admission/noderestriction refuses it too.
  constexpr std::array<std::string_view, 2> kOwn = {"kubelet.kubernetes.io", "node.kubernetes.io"};
  constexpr std::array<std::string_view, 2> kKnown = {"topology.kubernetes.io/zone", "topology.kubernetes.io/region"};
  const std::size_t slash = key.find('/');
  const std::string_view prefix = slash == std::string_view::npos ? std::string_view() : key.substr(0, slash);
  const std::string_view name = slash == std::string_view::npos ? key : key.substr(slash + 1);
  if (auto wrong = check_form(prefix, name); !wrong.empty()) return wrong;
  if (!is_below(prefix, "kubernetes.io") && !is_below(prefix, "k8s.io")) return "";
  if (std::ranges::any_of(kOwn, [prefix](std::string_view own) { return is_below(prefix, own); })) return "";
  if (std::ranges::find(kKnown, key) != kKnown.end()) return "";
  return "is one that a node may not give itself (Kubernetes' NodeRestriction); set it with kubectl label, or take a "
         "name without kubernetes.io or k8s.io before its slash";
}

void read_subnets(const View& section, ClusterConfig& cluster, Problems& problems) {
  const bool is_k3s = cluster.orchestrator.value == Orchestrator::kK3s;
  JoinConfig& join = cluster.join;
  join.pod_subnet = subnet_of(section, {"pod_subnet", is_k3s ? kK3sPods : kKubeadmPods, kOtherPods}, cluster, problems);
  join.service_subnet = subnet_of(section, {"service_subnet", is_k3s ? kK3sServices : kKubeadmServices, kOtherServices},
                                  cluster, problems);
  if (!join.pod_subnet.value.overlaps(join.service_subnet.value)) return;
  const bool is_pods = section.has("pod_subnet");
  const Sourced<Ipv4Subnet>& given = is_pods ? join.pod_subnet : join.service_subnet;
  const Sourced<Ipv4Subnet>& other = is_pods ? join.service_subnet : join.pod_subnet;
  problems.add(given.origin, std::string("orchestrator.") + (is_pods ? "pod_subnet: " : "service_subnet: ") +
                                 format_ipv4_subnet(given.value) + " overlaps " +
                                 (is_pods ? "service_subnet, " : "pod_subnet, ") + format_ipv4_subnet(other.value) +
                                 "; expected ranges apart from each other");
}

void check_kubernetes(const ClusterConfig& cluster, Problems& problems) {
  if (!is_kubernetes(cluster)) return;
  const auto& port = cluster.join.broker_port;
  if (port.value >= kFirstNodePort && port.value <= kLastNodePort) {
    problems.add(port.origin, "orchestrator.broker_port: " + std::to_string(port.value) +
                                  " is among the ports that Kubernetes gives to services (30000 to 32767); expected "
                                  "another, like " +
                                  std::to_string(kDefaultBrokerPort));
  }
  const auto& pods = cluster.join.pod_subnet;
  if (!has_pod_networks(pods.value, cluster.nodes.size())) {
    const bool is_default = pods.origin.line == 0;
    problems.add(is_default ? cluster.orchestrator.origin : pods.origin,
                 "orchestrator.pod_subnet: " + format_ipv4_subnet(pods.value) + " has no /" +
                     std::to_string(kNodePodPrefix) + " for each of the " + std::to_string(cluster.nodes.size()) +
                     " nodes; expected a larger range");
  }
  for (const NodeConfig& node : cluster.nodes) {
    for (const auto& [key, label] : node.labels) {
      const std::string wrong = check_kubelet_label(key);
      if (!wrong.empty()) problems.add(label.origin, "labels: " + in_quotes(key) + " " + wrong);
    }
  }
}

}  // namespace kraken
