// The section `orchestrator` of cluster.yaml.
#include <gtest/gtest.h>

#include <algorithm>

#include "config/join_rules.h"
#include "config/reader.h"
#include "support/config_files.h"

namespace kraken {
namespace {

using test::changed;
using test::ConfigFiles;

Result<ClusterConfig> read_with(const ConfigFiles& files, std::string_view orchestrator) {
  files.put("cluster.yaml", changed(test::kCluster, "orchestrator: swarm", orchestrator));
  return read_cluster(files.cluster(), {});
}

std::string subnets(const ClusterConfig& cluster) {
  std::string text;
  for (const auto& pool : cluster.join.address_pools) text += format_ipv4_subnet(pool.value) + " ";
  return text;
}

TEST(Join, HasDefaultsForAWordAlone) {
  const ConfigFiles files;
  for (const char* form : {"orchestrator: swarm", "orchestrator: {kind: swarm}"}) {
    const auto cluster = read_with(files, form);
    ASSERT_TRUE(cluster.ok()) << cluster.error().what();
    EXPECT_EQ(cluster->orchestrator.value, Orchestrator::kSwarm);
    EXPECT_EQ(cluster->join.broker_port.value, 5203);
    EXPECT_EQ(subnets(*cluster), "10.200.0.0/16 ");
    EXPECT_EQ(cluster->join.pool_prefix.value, 24);
    EXPECT_EQ(cluster->join.certificate_days.value, 3650);
  }
}

TEST(Join, TakesEverySettingWithItsPlace) {
  const ConfigFiles files;
  const auto cluster = read_with(files,
                                 "orchestrator: {kind: swarm, broker_port: 6000, address_pools: [10.0.0.0/9, "
                                 "192.168.2.0/24, 192.168.4.0/22], pool_prefix: 26, certificate_days: 90}");
  ASSERT_TRUE(cluster.ok()) << cluster.error().what();
  EXPECT_EQ(cluster->join.broker_port.value, 6000);
  EXPECT_EQ(subnets(*cluster), "10.0.0.0/9 192.168.2.0/24 192.168.4.0/22 ");
  EXPECT_EQ(cluster->join.pool_prefix.value, 26);
  EXPECT_EQ(cluster->join.certificate_days.value, 90);
  EXPECT_EQ(cluster->join.certificate_days.origin.line, 6);
  EXPECT_EQ(cluster->orchestrator.origin.column, 22);
}

TEST(Join, TakesTheOtherKindsAsAMap) {
  const ConfigFiles files;
  const auto cluster = read_with(files, "orchestrator: {kind: k3s, broker_port: 5300}");
  ASSERT_TRUE(cluster.ok()) << cluster.error().what();
  EXPECT_EQ(cluster->orchestrator.value, Orchestrator::kK3s);
  EXPECT_EQ(cluster->join.broker_port.value, 5300);
  EXPECT_TRUE(cluster->join.address_pools.empty());
  EXPECT_TRUE(read_with(files, "orchestrator: {kind: none}").ok());
}

// Whatever the nodes' subnet is, there is a pool beside it.
TEST(Join, ChoosesAPoolBesideTheNodesOwnSubnet) {
  for (const char* lan : {"192.168.3.0/24", "10.200.0.0/24", "10.0.0.0/8", "10.0.0.0/30", "172.31.0.0/16",
                          "172.16.0.0/12", "11.0.0.0/8", "9.0.0.0/8", "192.168.0.0/16"}) {
    const Ipv4Subnet subnet = parse_ipv4_subnet(lan).value_or(Ipv4Subnet{});
    const Ipv4Subnet pool = default_address_pool(subnet);
    EXPECT_FALSE(pool.overlaps(subnet)) << lan;
    EXPECT_TRUE(pool.is_private()) << lan;
    EXPECT_EQ(format_ipv4_subnet(pool), std::string(lan).starts_with("10.") ? "172.31.0.0/16" : "10.200.0.0/16");
  }
}

struct Mistake {
  const char* name;
  const char* section;
  const char* error;
};

class WrongJoin : public testing::TestWithParam<Mistake> {};

TEST_P(WrongJoin, IsToldWithItsPlace) {
  const ConfigFiles files;
  const auto cluster = read_with(files, GetParam().section);
  ASSERT_FALSE(cluster.ok());
  const std::string& error = cluster.error().what();
  EXPECT_NE(error.find(files.path().string() + "/cluster.yaml:6:" + GetParam().error), std::string::npos) << error;
  EXPECT_EQ(std::count(error.begin(), error.end(), '\n'), 0) << "one mistake, one line: " << error;
}

constexpr Mistake kMistakes[] = {
    {"list", "orchestrator: [swarm]", "15: orchestrator: expected one of none, swarm, kubeadm, k3s, or keys"},
    {"no_kind", "orchestrator: {broker_port: 6000}",
     "15: orchestrator: the key \"kind\" is missing (one of none, swarm, kubeadm, k3s)"},
    {"wrong_kind", "orchestrator: {kind: swam}",
     "22: orchestrator.kind: expected one of none, swarm, kubeadm, k3s, found \"swam\"; did you mean \"swarm\"?"},
    {"unknown_key", "orchestrator: {kind: swarm, adress_pools: [10.0.0.0/8]}",
     "29: unknown key \"adress_pools\" in orchestrator; did you mean \"address_pools\"?"},
    {"public_pool", "orchestrator: {kind: swarm, address_pools: [11.0.0.0/16]}",
     "45: orchestrator.address_pools[0]: \"11.0.0.0/16\" is no private range (10.0.0.0/8, 172.16.0.0/12, "
     "192.168.0.0/16, or a part of one)"},
    {"wider_than_private", "orchestrator: {kind: swarm, address_pools: [172.0.0.0/8]}",
     "45: orchestrator.address_pools[0]: \"172.0.0.0/8\" is no private range"},
    {"host_bits", "orchestrator: {kind: swarm, address_pools: [10.1.0.0/8]}",
     "45: orchestrator.address_pools[0]: \"10.1.0.0/8\" has bits set after the prefix"},
    {"no_subnet", "orchestrator: {kind: swarm, address_pools: [10.1.0.0]}",
     "45: orchestrator.address_pools[0]: expected a private range from /8 to /29, like 10.200.0.0/16"},
    {"tiny_pool", "orchestrator: {kind: swarm, address_pools: [10.1.0.0/30]}",
     "45: orchestrator.address_pools[0]: expected a private range from /8 to /29"},
    {"empty_pools", "orchestrator: {kind: swarm, address_pools: []}",
     "44: orchestrator.address_pools: expected at least 1 entry"},
    {"pool_over_the_nodes", "orchestrator: {kind: swarm, address_pools: [10.1.0.0/16, 192.168.0.0/16]}",
     "58: orchestrator.address_pools[1]: 192.168.0.0/16 overlaps network.subnet, 192.168.3.0/24 ("},
    {"pool_in_the_nodes", "orchestrator: {kind: swarm, address_pools: [192.168.3.128/25], pool_prefix: 26}",
     "45: orchestrator.address_pools[0]: 192.168.3.128/25 overlaps network.subnet"},
    {"pools_overlap", "orchestrator: {kind: swarm, address_pools: [10.1.0.0/16, 10.0.0.0/8]}",
     "58: orchestrator.address_pools[1]: 10.0.0.0/8 overlaps the pool 10.1.0.0/16 ("},
    {"pool_twice", "orchestrator: {kind: swarm, address_pools: [10.1.0.0/16, 10.1.0.0/16]}",
     "58: orchestrator.address_pools[1]: 10.1.0.0/16 overlaps the pool 10.1.0.0/16 ("},
    {"prefix_over_pool", "orchestrator: {kind: swarm, address_pools: [10.1.0.0/25]}",
     "45: orchestrator.address_pools[0]: 10.1.0.0/25 is smaller than one network of pool_prefix, /24"},
    {"prefix_over_default", "orchestrator: {kind: swarm, pool_prefix: 15}",
     "42: orchestrator.pool_prefix: networks of /15 do not fit into 10.200.0.0/16"},
    {"prefix_range", "orchestrator: {kind: swarm, pool_prefix: 30}",
     "42: orchestrator.pool_prefix: expected a whole number from 8 to 29, found \"30\""},
    {"no_days", "orchestrator: {kind: swarm, certificate_days: 0}",
     "47: orchestrator.certificate_days: expected a whole number from 1 to 7300, found \"0\""},
    {"many_days", "orchestrator: {kind: swarm, certificate_days: 7301}",
     "47: orchestrator.certificate_days: expected a whole number from 1 to 7300"},
    {"low_port", "orchestrator: {kind: swarm, broker_port: 80}",
     "42: orchestrator.broker_port: expected a whole number from 1024 to 65535, found \"80\""},
    {"swarms_port", "orchestrator: {kind: swarm, broker_port: 2377}",
     "42: orchestrator.broker_port: 2377 is taken on the nodes (5201 and 5202 measure links"},
    {"gossips_port", "orchestrator: {kind: swarm, broker_port: 7946}", "42: orchestrator.broker_port: 7946 is taken"},
    {"vxlans_port", "orchestrator: {kind: swarm, broker_port: 4789}", "42: orchestrator.broker_port: 4789 is taken"},
    {"iperfs_port", "orchestrator: {kind: swarm, broker_port: 5201}", "42: orchestrator.broker_port: 5201 is taken"},
    {"measures_port", "orchestrator: {kind: k3s, broker_port: 5202}", "40: orchestrator.broker_port: 5202 is taken"},
    {"pools_of_k3s", "orchestrator: {kind: k3s, address_pools: [10.1.0.0/16]}",
     "42: orchestrator.address_pools: this is a setting of kind: swarm, and the kind is k3s; leave it out"},
    {"days_of_none", "orchestrator: {kind: none, certificate_days: 90}",
     "46: orchestrator.certificate_days: this is a setting of kind: swarm, and the kind is none"},
    {"port_of_none", "orchestrator: {kind: none, broker_port: 6000}",
     "41: orchestrator.broker_port: without an orchestrator there is no join broker; leave it out"},
};

INSTANTIATE_TEST_SUITE_P(All, WrongJoin, testing::ValuesIn(kMistakes),
                         [](const auto& given) { return std::string(given.param.name); });

TEST(Join, NeedsAManagerInTheFormOfAMapToo) {
  const ConfigFiles files;
  files.put("cluster.yaml", changed(changed(test::kCluster, "profile: big", "profile: worker"), "orchestrator: swarm",
                                    "orchestrator: {kind: swarm}"));
  const auto cluster = read_cluster(files.cluster(), {});
  ASSERT_FALSE(cluster.ok());
  EXPECT_NE(
      cluster.error().what().find("cluster.yaml:16:3: nodes: no node has a profile with role: manager, and swarm"),
      std::string::npos)
      << cluster.error().what();
}

}  // namespace
}  // namespace kraken
