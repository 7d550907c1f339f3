#include "contract/join_record.h"

#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <string>
#include <string_view>

#include "contract/strict_object.h"

namespace kraken {

namespace {

constexpr std::array<std::string_view, 4> kJoinKeys = {"managers", "expected", "port", "swarm"};
constexpr std::array<std::string_view, 3> kSwarmKeys = {"address_pools", "pool_prefix", "certificate_days"};

// Wide here: check_join() knows the real bounds.
constexpr IntegerRange kAnyCount{0, std::numeric_limits<std::uint32_t>::max()};
constexpr IntegerRange kAnyPort{0, std::numeric_limits<std::uint16_t>::max()};
constexpr IntegerRange kAnyInt{0, std::numeric_limits<int>::max()};

Error wrong(std::string_view place, std::string_view what) {
  return Error(ErrorCode::kCorrupt, "join." + std::string(place) + ": " + std::string(what));
}

Json swarm_json(const std::optional<SwarmSettings>& swarm) {
  if (!swarm) return {};
  Json pools = Json::array();
  for (const Ipv4Subnet& pool : swarm->address_pools) pools.push_back(format_ipv4_subnet(pool));
  return Json::Object{{"address_pools", std::move(pools)},
                      {"pool_prefix", swarm->pool_prefix},
                      {"certificate_days", swarm->certificate_days}};
}

Result<std::optional<SwarmSettings>> read_swarm(const Json& value) {
  if (value.is_null()) return std::optional<SwarmSettings>();
  KRAKEN_ASSIGN(const auto object, StrictObject::open(value, "join.swarm", kSwarmKeys));
  SwarmSettings swarm;
  KRAKEN_ASSIGN(const auto* pools, object.list("address_pools"));
  for (const Json& pool : *pools) {
    const auto subnet = pool.as_string() != nullptr ? parse_ipv4_subnet(*pool.as_string()) : std::nullopt;
    if (!subnet) return wrong("swarm.address_pools", "expected subnets such as 10.200.0.0/16");
    swarm.address_pools.push_back(*subnet);
  }
  KRAKEN_ASSIGN(const std::int64_t prefix, object.integer("pool_prefix", kAnyInt));
  KRAKEN_ASSIGN(const std::int64_t days, object.integer("certificate_days", kAnyInt));
  swarm.pool_prefix = static_cast<int>(prefix);
  swarm.certificate_days = static_cast<int>(days);
  return std::optional(std::move(swarm));
}

Status check_managers(const NodeRecord& record) {
  const std::vector<Ipv4>& managers = record.join->managers;
  if (managers.empty()) return wrong("managers", "expected at least one address");
  std::set<Ipv4> left;
  for (const RecordHost& host : record.hosts) {
    if (host.role == kManagerRole) left.insert(host.address);
  }
  for (const Ipv4 manager : managers) {
    if (left.erase(manager) == 0) {
      return wrong("managers", format_ipv4(manager) + " is given twice, or no manager among the hosts has it");
    }
  }
  if (left.empty()) return ok_status();
  return wrong("managers", format_ipv4(*left.begin()) + " is a manager among the hosts, but missing here");
}

Status check_pools(const NodeRecord& record, const SwarmSettings& swarm) {
  constexpr std::string_view kPlace = "swarm.address_pools";
  Ipv4Subnet lan{{}, record.network.prefix};
  lan.network.bits = record.network.address.bits & lan.mask();
  std::vector<Ipv4Subnet> taken = {lan};
  if (swarm.address_pools.empty() || swarm.address_pools.size() > kMaxAddressPools) {
    return wrong(kPlace, "expected 1 to " + std::to_string(kMaxAddressPools) + " subnets");
  }
  for (const Ipv4Subnet& pool : swarm.address_pools) {
    const std::string name = format_ipv4_subnet(pool);
    if (pool.prefix < kMinPoolPrefix || !pool.is_private()) return wrong(kPlace, name + " is no private range");
    if (pool.prefix > swarm.pool_prefix) return wrong(kPlace, name + " is smaller than one network of pool_prefix");
    for (const Ipv4Subnet& other : taken) {
      if (pool.overlaps(other)) return wrong(kPlace, name + " overlaps " + format_ipv4_subnet(other));
    }
    taken.push_back(pool);
  }
  return ok_status();
}

Status check_swarm(const NodeRecord& record) {
  const bool is_swarm = record.cluster.orchestrator == "swarm";
  const auto& swarm = record.join->swarm;
  if (swarm.has_value() != is_swarm) {
    return wrong("swarm", is_swarm ? "expected an object, for the orchestrator is \"swarm\""
                                   : "expected null, for the orchestrator is another");
  }
  if (!swarm) return ok_status();
  if (swarm->pool_prefix > kMaxNetworkPrefix) {
    return wrong("swarm.pool_prefix", "expected an integer up to " + std::to_string(kMaxNetworkPrefix));
  }
  if (swarm->certificate_days < 1 || swarm->certificate_days > kMaxCertificateDays) {
    return wrong("swarm.certificate_days", "expected an integer from 1 to " + std::to_string(kMaxCertificateDays));
  }
  return check_pools(record, *swarm);
}

}  // namespace

bool is_port_in_use(std::int64_t port) {
  return std::ranges::find(kPortsInUse, port) != kPortsInUse.end();
}

Json join_json(const std::optional<JoinSettings>& join) {
  if (!join) return {};
  Json managers = Json::array();
  for (const Ipv4 manager : join->managers) managers.push_back(format_ipv4(manager));
  return Json::Object{{"managers", std::move(managers)},
                      {"expected", std::int64_t{join->expected}},
                      {"port", std::int64_t{join->port}},
                      {"swarm", swarm_json(join->swarm)}};
}

Result<std::optional<JoinSettings>> read_join(const Json& value) {
  if (value.is_null()) return std::optional<JoinSettings>();
  KRAKEN_ASSIGN(const auto object, StrictObject::open(value, "join", kJoinKeys));
  JoinSettings join;
  KRAKEN_ASSIGN(const auto* managers, object.list("managers"));
  for (const Json& manager : *managers) {
    KRAKEN_ASSIGN(const Ipv4 address, read_address(manager, "join.managers"));
    join.managers.push_back(address);
  }
  KRAKEN_ASSIGN(const std::int64_t expected, object.integer("expected", kAnyCount));
  KRAKEN_ASSIGN(const std::int64_t port, object.integer("port", kAnyPort));
  KRAKEN_ASSIGN(join.swarm, read_swarm(object.member("swarm")));
  join.expected = static_cast<std::uint32_t>(expected);
  join.port = static_cast<std::uint16_t>(port);
  return std::optional(std::move(join));
}

Status check_join(const NodeRecord& record) {
  const bool joins = record.cluster.orchestrator != "none";
  if (record.join.has_value() != joins) {
    return Error(ErrorCode::kCorrupt, joins ? "join: expected an object, for there is an orchestrator"
                                            : "join: expected null, for the orchestrator is \"none\"");
  }
  if (!joins) return ok_status();
  KRAKEN_TRY(check_managers(record));
  if (record.join->expected != record.hosts.size()) {
    return wrong("expected", "expected the number of hosts, " + std::to_string(record.hosts.size()));
  }
  if (record.join->port < kMinBrokerPort || is_port_in_use(record.join->port)) {
    return wrong("port", "expected a port from " + std::to_string(kMinBrokerPort) +
                             " to 65535 that nothing else on the node has");
  }
  return check_swarm(record);
}

}  // namespace kraken
