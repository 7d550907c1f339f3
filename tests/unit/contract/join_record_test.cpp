// What the member `join` of a record may say; its form is tested with the rest of the record.
#include <gtest/gtest.h>

#include <functional>
#include <utility>
#include <vector>

#include "contract/node_record.h"
#include "support/node_records.h"

namespace kraken {
namespace {

using test::k3s_record;
using test::kubeadm_record;
using test::sample_record;

Ipv4Subnet subnet(const char* text) {
  return parse_ipv4_subnet(text).value_or(Ipv4Subnet{});
}

NodeRecord with_two_managers() {
  NodeRecord record = sample_record();
  record.hosts[1].role = kManagerRole;
  record.join->managers = {record.hosts[1].address, record.hosts[0].address};  // in any order
  return record;
}

TEST(JoinRecord, IsNullWithoutAnOrchestratorAndOnlyThen) {
  NodeRecord record = sample_record();
  record.cluster.orchestrator = "none";
  EXPECT_FALSE(check_node_record(record).ok());
  record.join.reset();
  const auto parsed = parse_node_record(format_node_record(record));
  ASSERT_TRUE(parsed.ok()) << parsed.error().what();
  EXPECT_FALSE(parsed->join.has_value());
  record.cluster.orchestrator = "swarm";
  EXPECT_FALSE(check_node_record(record).ok());
}

TEST(JoinRecord, HasTheSettingsOfItsOrchestratorAlone) {
  for (const NodeRecord& record : {sample_record(), kubeadm_record(), k3s_record()}) {
    const auto parsed = parse_node_record(format_node_record(record));
    ASSERT_TRUE(parsed.ok()) << parsed.error().what();
    EXPECT_EQ(*parsed, record);
    for (const NodeRecord& other : {sample_record(), kubeadm_record(), k3s_record()}) {
      const std::string& kind = other.cluster.orchestrator;
      if (kind == record.cluster.orchestrator) continue;
      NodeRecord both = record;
      if (other.join->swarm) both.join->swarm = other.join->swarm;
      if (other.join->kubeadm) both.join->kubeadm = other.join->kubeadm;
      if (other.join->k3s) both.join->k3s = other.join->k3s;
      EXPECT_FALSE(check_node_record(both).ok()) << kind << " with " << record.cluster.orchestrator;
      NodeRecord without = record;
      without.cluster.orchestrator = kind;
      EXPECT_FALSE(check_node_record(without).ok()) << kind << " without its settings";
    }
  }
}

TEST(JoinRecord, KeepsTheOrderOfTheManagers) {
  const NodeRecord record = with_two_managers();
  const auto parsed = parse_node_record(format_node_record(record));
  ASSERT_TRUE(parsed.ok()) << parsed.error().what();
  EXPECT_EQ(parsed->join->managers, record.join->managers);
}

struct BadValue {
  const char* place;
  std::function<void(NodeRecord&)> spoil;
};

const std::vector<BadValue>& bad_values() {
  static const std::vector<BadValue> kBad = {
      {"join.managers", [](NodeRecord& r) { r.join->managers.clear(); }},
      {"join.managers", [](NodeRecord& r) { r.join->managers.pop_back(); }},
      {"join.managers", [](NodeRecord& r) { r.join->managers[1] = r.join->managers[0]; }},
      {"join.managers", [](NodeRecord& r) { r.join->managers.push_back(r.hosts[2].address); }},  // a worker
      {"join.managers", [](NodeRecord& r) { r.join->managers[0] = {0x0a000001}; }},
      {"join.expected", [](NodeRecord& r) { r.join->expected = 2; }},
      {"join.expected", [](NodeRecord& r) { r.join->expected = 4; }},
      {"join.port", [](NodeRecord& r) { r.join->port = 0; }},
      {"join.port", [](NodeRecord& r) { r.join->port = 1023; }},
      {"join.port", [](NodeRecord& r) { r.join->port = 5201; }},
      {"join.port", [](NodeRecord& r) { r.join->port = 5202; }},
      {"join.port", [](NodeRecord& r) { r.join->port = 2377; }},
      {"join.port", [](NodeRecord& r) { r.join->port = 7946; }},
      {"join.port", [](NodeRecord& r) { r.join->port = 4789; }},
      {"join.port", [](NodeRecord& r) { r.join->port = 6443; }},
      {"join.port", [](NodeRecord& r) { r.join->port = 10250; }},
      {"join.swarm.address_pools", [](NodeRecord& r) { r.join->swarm->address_pools.clear(); }},
      {"join.swarm.address_pools", [](NodeRecord& r) { r.join->swarm->address_pools[0] = subnet("192.168.0.0/16"); }},
      {"join.swarm.address_pools", [](NodeRecord& r) { r.join->swarm->address_pools[0] = subnet("192.168.3.0/25"); }},
      {"join.swarm.address_pools", [](NodeRecord& r) { r.join->swarm->address_pools[0] = subnet("11.0.0.0/16"); }},
      {"join.swarm.address_pools", [](NodeRecord& r) { r.join->swarm->address_pools[0] = subnet("172.16.0.0/11"); }},
      {"join.swarm.address_pools", [](NodeRecord& r) { r.join->swarm->address_pools[0] = subnet("172.32.0.0/16"); }},
      {"join.swarm.address_pools",
       [](NodeRecord& r) { r.join->swarm->address_pools.push_back(subnet("10.200.7.0/24")); }},
      {"join.swarm.address_pools", [](NodeRecord& r) { r.join->swarm->address_pools.push_back(subnet("10.0.0.0/8")); }},
      {"join.swarm.address_pools", [](NodeRecord& r) { r.join->swarm->pool_prefix = 15; }},
      {"join.swarm.address_pools",
       [](NodeRecord& r) {
         r.join->swarm->address_pools.clear();
         for (std::uint32_t i = 0; i < 17; ++i) r.join->swarm->address_pools.push_back({{0x0a000000 + (i << 16)}, 16});
       }},
      {"join.swarm.pool_prefix", [](NodeRecord& r) { r.join->swarm->pool_prefix = 30; }},
      {"join.swarm.certificate_days", [](NodeRecord& r) { r.join->swarm->certificate_days = 0; }},
      {"join.swarm.certificate_days", [](NodeRecord& r) { r.join->swarm->certificate_days = 7301; }},
  };
  return kBad;
}

TEST(JoinRecord, RefusesEveryBadValueAndSaysWhere) {
  ASSERT_TRUE(check_node_record(with_two_managers()).ok());
  for (const BadValue& bad : bad_values()) {
    NodeRecord record = with_two_managers();
    bad.spoil(record);
    const auto parsed = parse_node_record(format_node_record(record));
    ASSERT_FALSE(parsed.ok()) << bad.place << "\n" << format_node_record(record);
    EXPECT_EQ(parsed.error().code(), ErrorCode::kCorrupt);
    EXPECT_EQ(parsed.error().what().find(std::string("node record: ") + bad.place + ": "), 0U) << parsed.error().what();
  }
}

struct BadSubnets {
  const char* place;
  const char* pods;
  const char* services;
};

constexpr BadSubnets kBadSubnets[] = {
    {".pod_subnet", "192.168.0.0/16", "10.96.0.0/16"},  // the nodes' own network
    {".pod_subnet", "11.0.0.0/16", "10.96.0.0/16"},       {".pod_subnet", "100.0.0.0/9", "10.96.0.0/16"},
    {".pod_subnet", "10.244.0.0/23", "10.96.0.0/16"},  // three nodes
    {".pod_subnet", "10.244.0.0/25", "10.96.0.0/16"},     {".service_subnet", "10.244.0.0/16", "192.168.3.0/24"},
    {".service_subnet", "10.244.0.0/16", "8.8.0.0/16"},   {".service_subnet", "10.244.0.0/16", "10.244.7.0/24"},
    {".service_subnet", "10.244.0.0/16", "10.96.0.0/29"}, {".service_subnet", "192.168.4.0/22", "10.0.0.0/11"},
};

TEST(JoinRecord, RefusesSubnetsThatClashOrHaveNoRoomForEveryNode) {
  for (const BadSubnets& bad : kBadSubnets) {
    NodeRecord kubeadm = kubeadm_record();
    kubeadm.join->kubeadm->pod_subnet = subnet(bad.pods);
    kubeadm.join->kubeadm->service_subnet = subnet(bad.services);
    NodeRecord k3s = k3s_record();
    k3s.join->k3s = {subnet(bad.pods), subnet(bad.services)};
    for (const NodeRecord& record : {kubeadm, k3s}) {
      const auto parsed = parse_node_record(format_node_record(record));
      ASSERT_FALSE(parsed.ok()) << bad.pods << " " << bad.services;
      const std::string place = "node record: join." + record.cluster.orchestrator + bad.place + ": ";
      EXPECT_EQ(parsed.error().what().find(place), 0U) << parsed.error().what();
    }
  }
}

TEST(JoinRecord, TakesSubnetsUpToTheirEdges) {
  for (const auto& [pods, services] :
       {std::pair("10.244.0.0/22", "10.96.0.0/28"), std::pair("10.0.0.0/8", "172.16.0.0/12"),
        std::pair("100.64.0.0/10", "192.168.4.0/24")}) {
    NodeRecord record = k3s_record();
    record.join->k3s = {subnet(pods), subnet(services)};
    const Status checked = check_node_record(record);
    EXPECT_TRUE(checked.ok()) << pods << " " << services << ": " << checked.error().what();
  }
}

TEST(JoinRecord, RefusesWhatIsNoHashOfACa) {
  const std::string digits(64, 'c');
  for (const std::string& hash : {std::string(), digits, "sha256:" + digits.substr(1), "sha256:" + digits + "c",
                                  "sha256:" + digits.substr(1) + "C", "sha512:" + digits, "sha256 " + digits}) {
    NodeRecord record = kubeadm_record();
    record.join->kubeadm->ca_hash = hash;
    const auto parsed = parse_node_record(format_node_record(record));
    ASSERT_FALSE(parsed.ok()) << hash;
    EXPECT_EQ(parsed.error().what().find("node record: join.kubeadm.ca_hash: "), 0U) << parsed.error().what();
  }
}

TEST(JoinRecord, RefusesSubnetsThatAreNone) {
  std::string text = format_node_record(k3s_record());
  for (const char* bad : {"\"10.42.0.0\"", "\"10.42.0.1/16\"", "null", "\"\"", "16"}) {
    std::string changed = text;
    changed.replace(changed.find("\"10.42.0.0/16\""), std::string("\"10.42.0.0/16\"").size(), bad);
    EXPECT_FALSE(parse_node_record(changed).ok()) << bad;
  }
}

TEST(JoinRecord, TakesPoolsOfEveryPrivateRangeUpToTheirEdges) {
  NodeRecord record = sample_record();
  record.join->swarm->address_pools = {subnet("10.0.0.0/8"), subnet("172.16.0.0/12"), subnet("192.168.4.0/24"),
                                       subnet("192.168.2.0/24")};
  const auto parsed = parse_node_record(format_node_record(record));
  ASSERT_TRUE(parsed.ok()) << parsed.error().what();
  EXPECT_EQ(parsed->join->swarm->address_pools, record.join->swarm->address_pools);
}

}  // namespace
}  // namespace kraken
