// What the member `join` of a record may say; its form is tested with the rest of the record.
#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "contract/node_record.h"
#include "support/node_records.h"

namespace kraken {
namespace {

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

TEST(JoinRecord, HasSwarmsSettingsForSwarmAlone) {
  NodeRecord record = sample_record();
  record.cluster.orchestrator = "k3s";
  EXPECT_FALSE(check_node_record(record).ok());
  record.join->swarm.reset();
  const auto parsed = parse_node_record(format_node_record(record));
  ASSERT_TRUE(parsed.ok()) << parsed.error().what();
  EXPECT_EQ(*parsed, record);
  record.cluster.orchestrator = "swarm";
  EXPECT_FALSE(check_node_record(record).ok());
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
