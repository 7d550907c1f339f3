// The section `orchestrator` of kubeadm and k3s, and the labels of their nodes.
#include <gtest/gtest.h>

#include "config/kubernetes_rules.h"
#include "config/reader.h"
#include "support/config_files.h"

namespace kraken {
namespace {

using test::changed;
using test::ConfigFiles;

Result<ClusterConfig> read_text(const ConfigFiles& files, std::string_view text) {
  files.put("cluster.yaml", text);
  return read_cluster(files.cluster(), {});
}

Result<ClusterConfig> read_with(const ConfigFiles& files, std::string_view orchestrator) {
  return read_text(files, changed(test::kCluster, "orchestrator: swarm", orchestrator));
}

std::string subnets(const Result<ClusterConfig>& cluster) {
  if (!cluster.ok()) return cluster.error().what();
  return format_ipv4_subnet(cluster->join.pod_subnet.value) + " " +
         format_ipv4_subnet(cluster->join.service_subnet.value);
}

TEST(KubernetesConfig, HasTheUsualRangesUnlessTheNodesAreThere) {
  const ConfigFiles files;
  EXPECT_EQ(subnets(read_with(files, "orchestrator: kubeadm")), "10.244.0.0/16 10.96.0.0/16");
  EXPECT_EQ(subnets(read_with(files, "orchestrator: k3s")), "10.42.0.0/16 10.43.0.0/16");
  std::string text = changed(test::kCluster, "orchestrator: swarm", "orchestrator: k3s");
  for (const char* address : {"192.168.3.12", "192.168.3.11"})
    text = changed(text, address, "10.43.3." + std::string(address).substr(10));
  text = changed(changed(text, "192.168.3.0/24", "10.43.3.0/24"), "gateway: 192.168.3.1", "gateway: 10.43.3.1");
  EXPECT_EQ(subnets(read_text(files, text)), "10.42.0.0/16 172.30.0.0/16");
  EXPECT_EQ(subnets(read_text(files, changed(text, "10.43.3.0/24", "10.0.0.0/8"))), "172.29.0.0/16 172.30.0.0/16");
}

TEST(KubernetesConfig, TakesEverySettingWithItsPlace) {
  const ConfigFiles files;
  const auto cluster = read_with(
      files,
      "orchestrator: {kind: k3s, pod_subnet: 100.64.0.0/10, service_subnet: 172.20.0.0/24, small_server: false}");
  EXPECT_EQ(subnets(cluster), "100.64.0.0/10 172.20.0.0/24");
  EXPECT_FALSE(cluster->join.small_server.value);
  EXPECT_EQ(cluster->join.pod_subnet.origin.line, 6);
  EXPECT_TRUE(read_with(files, "orchestrator: k3s")->join.small_server.value);
  EXPECT_EQ(subnets(read_with(files, "orchestrator: {kind: kubeadm, pod_subnet: 10.1.0.0/23}")),
            "10.1.0.0/23 10.96.0.0/16");
}

struct Mistake {
  const char* name;
  const char* orchestrator;
  const char* said;
};

class WrongKubernetes : public testing::TestWithParam<Mistake> {};

TEST_P(WrongKubernetes, IsToldWithItsPlace) {
  const ConfigFiles files;
  const auto cluster = read_with(files, GetParam().orchestrator);
  ASSERT_FALSE(cluster.ok());
  const std::string expected = std::string("cluster.yaml:6:") + GetParam().said;
  EXPECT_NE(cluster.error().what().find(expected), std::string::npos) << cluster.error().what();
}

constexpr Mistake kMistakes[] = {
    {"pods_of_swarm", "orchestrator: {kind: swarm, pod_subnet: 10.244.0.0/16}",
     "41: orchestrator.pod_subnet: this is a setting of kind: kubeadm and kind: k3s, and the kind is swarm; leave it "
     "out"},
    {"services_of_none", "orchestrator: {kind: none, service_subnet: 10.96.0.0/16}",
     "44: orchestrator.service_subnet: this is a setting of kind: kubeadm"},
    {"small_kubeadm", "orchestrator: {kind: kubeadm, small_server: true}",
     "45: orchestrator.small_server: this is a setting of kind: k3s, and the kind is kubeadm; leave it out"},
    {"public_pods", "orchestrator: {kind: k3s, pod_subnet: 11.0.0.0/16}",
     "39: orchestrator.pod_subnet: \"11.0.0.0/16\" is no private range"},
    {"beyond_shared", "orchestrator: {kind: k3s, pod_subnet: 100.0.0.0/9}",
     "39: orchestrator.pod_subnet: \"100.0.0.0/9\" is no private range"},
    {"host_bits", "orchestrator: {kind: k3s, service_subnet: 10.43.0.1/16}",
     "43: orchestrator.service_subnet: \"10.43.0.1/16\" has bits set after the prefix"},
    {"small_pods", "orchestrator: {kind: k3s, pod_subnet: 10.42.0.0/25}",
     "39: orchestrator.pod_subnet: expected a private range from /8 to /24"},
    {"small_services", "orchestrator: {kind: k3s, service_subnet: 10.43.0.0/29}",
     "43: orchestrator.service_subnet: expected a private range from /12 to /28"},
    {"large_services", "orchestrator: {kind: k3s, service_subnet: 10.0.0.0/11}",
     "43: orchestrator.service_subnet: expected a private range from /12 to /28"},
    {"one_pod_network", "orchestrator: {kind: k3s, pod_subnet: 10.42.0.0/24}",
     "39: orchestrator.pod_subnet: 10.42.0.0/24 has no /24 for each of the 2 nodes; expected a larger range"},
    {"pods_in_lan", "orchestrator: {kind: kubeadm, pod_subnet: 192.168.0.0/16}",
     "43: orchestrator.pod_subnet: 192.168.0.0/16 overlaps network.subnet, 192.168.3.0/24"},
    {"services_in_lan", "orchestrator: {kind: kubeadm, service_subnet: 192.168.3.0/25}",
     "47: orchestrator.service_subnet: 192.168.3.0/25 overlaps network.subnet"},
    {"pods_on_services", "orchestrator: {kind: kubeadm, pod_subnet: 10.0.0.0/8}",
     "43: orchestrator.pod_subnet: 10.0.0.0/8 overlaps service_subnet, 10.96.0.0/16; expected ranges apart"},
    {"node_port", "orchestrator: {kind: k3s, broker_port: 30000}",
     "40: orchestrator.broker_port: 30000 is among the ports that Kubernetes gives to services"},
    {"last_node_port", "orchestrator: {kind: k3s, broker_port: 32767}",
     "40: orchestrator.broker_port: 32767 is among the ports"},
    {"services_on_pods", "orchestrator: {kind: k3s, service_subnet: 10.42.9.0/24}",
     "43: orchestrator.service_subnet: 10.42.9.0/24 overlaps pod_subnet, 10.42.0.0/16"},
};

INSTANTIATE_TEST_SUITE_P(All, WrongKubernetes, testing::ValuesIn(kMistakes),
                         [](const auto& given) { return std::string(given.param.name); });

TEST(KubernetesConfig, RefusesLabelsThatANodeMayNotGiveItself) {
  for (const char* good : {"zone", "disk", "example.com/zone", "kubelet.kubernetes.io/x", "a.kubelet.kubernetes.io/x",
                           "node.kubernetes.io/x", "topology.kubernetes.io/zone", "notkubernetes.io/x", "A.b_c-d"}) {
    EXPECT_EQ(check_kubelet_label(good), "") << good;
  }
  for (const char* bad :
       {"kubernetes.io/zone", "k8s.io/zone", "node-role.kubernetes.io/worker", "x.k8s.io/y",
        "node-restriction.kubernetes.io/x", "kubernetes.io/hostname", "topology.kubernetes.io/rack"}) {
    EXPECT_NE(check_kubelet_label(bad).find("NodeRestriction"), std::string::npos) << bad;
  }
  for (const std::string& bad :
       {std::string("a/b/c"), std::string("a/"), std::string("Example.com/x"), std::string("a/-b"),
        std::string("a_b/c"), std::string(64, 'a'), "a.b/" + std::string(64, 'c')}) {
    EXPECT_NE(check_kubelet_label(bad).find("no label of Kubernetes'"), std::string::npos) << bad;
  }
}

TEST(KubernetesConfig, TellsOfSuchLabelsOnlyWhereThereIsAKubelet) {
  const ConfigFiles files;
  const std::string labels = changed(test::kCluster, "{zone: a}", "{node-role.kubernetes.io/master: a}");
  EXPECT_TRUE(read_text(files, labels).ok());
  for (const char* kind : {"orchestrator: kubeadm", "orchestrator: k3s"}) {
    const auto cluster = read_text(files, changed(labels, "orchestrator: swarm", kind));
    ASSERT_FALSE(cluster.ok());
    EXPECT_NE(cluster.error().what().find("labels: \"node-role.kubernetes.io/master\" is one that a node may not"),
              std::string::npos)
        << cluster.error().what();
    EXPECT_NE(cluster.error().what().find("cluster.yaml:17:"), std::string::npos) << cluster.error().what();
  }
}

}  // namespace
}  // namespace kraken
