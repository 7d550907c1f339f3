#include "contract/join_record.h"

#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "contract/strict_object.h"

namespace kraken {

namespace {

constexpr std::array<std::string_view, 6> kJoinKeys = {"managers", "expected", "port", "swarm", "kubeadm", "k3s"};
constexpr std::array<std::string_view, 3> kSwarmKeys = {"address_pools", "pool_prefix", "certificate_days"};
constexpr std::array<std::string_view, 3> kKubeadmKeys = {"pod_subnet", "service_subnet", "ca_hash"};
constexpr std::array<std::string_view, 2> kK3sKeys = {"pod_subnet", "service_subnet"};

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

Json kubeadm_json(const std::optional<KubeadmSettings>& kubeadm) {
  if (!kubeadm) return {};
  return Json::Object{{"pod_subnet", format_ipv4_subnet(kubeadm->pod_subnet)},
                      {"service_subnet", format_ipv4_subnet(kubeadm->service_subnet)},
                      {"ca_hash", kubeadm->ca_hash}};
}

Json k3s_json(const std::optional<K3sSettings>& k3s) {
  if (!k3s) return {};
  return Json::Object{{"pod_subnet", format_ipv4_subnet(k3s->pod_subnet)},
                      {"service_subnet", format_ipv4_subnet(k3s->service_subnet)}};
}

Result<Ipv4Subnet> read_subnet(const StrictObject& object, std::string_view key) {
  KRAKEN_ASSIGN(const std::string text, object.text(key));
  const auto subnet = parse_ipv4_subnet(text);
  if (subnet) return *subnet;
  return Error(ErrorCode::kCorrupt, object.place(key) + ": expected a subnet such as 10.244.0.0/16");
}

Result<std::optional<KubeadmSettings>> read_kubeadm(const Json& value) {
  if (value.is_null()) return std::optional<KubeadmSettings>();
  KRAKEN_ASSIGN(const auto object, StrictObject::open(value, "join.kubeadm", kKubeadmKeys));
  KubeadmSettings kubeadm;
  KRAKEN_ASSIGN(kubeadm.pod_subnet, read_subnet(object, "pod_subnet"));
  KRAKEN_ASSIGN(kubeadm.service_subnet, read_subnet(object, "service_subnet"));
  KRAKEN_ASSIGN(kubeadm.ca_hash, object.text("ca_hash"));
  return std::optional(std::move(kubeadm));
}

Result<std::optional<K3sSettings>> read_k3s(const Json& value) {
  if (value.is_null()) return std::optional<K3sSettings>();
  KRAKEN_ASSIGN(const auto object, StrictObject::open(value, "join.k3s", kK3sKeys));
  K3sSettings k3s;
  KRAKEN_ASSIGN(k3s.pod_subnet, read_subnet(object, "pod_subnet"));
  KRAKEN_ASSIGN(k3s.service_subnet, read_subnet(object, "service_subnet"));
  return std::optional(k3s);
}

Ipv4Subnet lan_of(const NodeRecord& record) {
  Ipv4Subnet lan{{}, record.network.prefix};
  lan.network.bits = record.network.address.bits & lan.mask();
  return lan;
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
  std::vector<Ipv4Subnet> taken = {lan_of(record)};
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

Status check_swarm(const NodeRecord& record, const SwarmSettings& swarm) {
  if (swarm.pool_prefix > kMaxNetworkPrefix) {
    return wrong("swarm.pool_prefix", "expected an integer up to " + std::to_string(kMaxNetworkPrefix));
  }
  if (swarm.certificate_days < 1 || swarm.certificate_days > kMaxCertificateDays) {
    return wrong("swarm.certificate_days", "expected an integer from 1 to " + std::to_string(kMaxCertificateDays));
  }
  return check_pools(record, swarm);
}

Status check_subnets(const NodeRecord& record, const std::string& where, const Ipv4Subnet& pods,
                     const Ipv4Subnet& services) {
  const Ipv4Subnet lan = lan_of(record);
  const auto text = [](const Ipv4Subnet& subnet) { return format_ipv4_subnet(subnet); };
  for (const auto& [key, subnet] : {std::pair(".pod_subnet", pods), std::pair(".service_subnet", services)}) {
    if (!is_cluster_range(subnet)) return wrong(where + key, text(subnet) + " is no private range");
    if (subnet.overlaps(lan)) return wrong(where + key, text(subnet) + " overlaps " + text(lan));
  }
  if (pods.prefix < kMinPodPrefix || !has_pod_networks(pods, record.hosts.size())) {
    return wrong(where + ".pod_subnet", text(pods) + " has no /" + std::to_string(kNodePodPrefix) +
                                            " for every node, " + "or is larger than /" +
                                            std::to_string(kMinPodPrefix));
  }
  if (services.prefix < kMinServicePrefix || services.prefix > kMaxServicePrefix) {
    return wrong(where + ".service_subnet", text(services) + " is not of /" + std::to_string(kMinServicePrefix) +
                                                " to /" + std::to_string(kMaxServicePrefix));
  }
  if (!services.overlaps(pods)) return ok_status();
  return wrong(where + ".service_subnet", text(services) + " overlaps " + text(pods));
}

// Of each kind of cluster there are settings exactly when it is this one.
Status check_presence(std::string_view kind, bool has_settings, const NodeRecord& record) {
  const bool is_kind = record.cluster.orchestrator == kind;
  if (has_settings == is_kind) return ok_status();
  return wrong(kind, is_kind ? "expected an object, for the orchestrator is \"" + std::string(kind) + "\""
                             : "expected null, for the orchestrator is another");
}

Status check_settings(const NodeRecord& record) {
  const JoinSettings& join = *record.join;
  KRAKEN_TRY(check_presence("swarm", join.swarm.has_value(), record));
  KRAKEN_TRY(check_presence("kubeadm", join.kubeadm.has_value(), record));
  KRAKEN_TRY(check_presence("k3s", join.k3s.has_value(), record));
  if (join.swarm) return check_swarm(record, *join.swarm);
  if (join.k3s) return check_subnets(record, "k3s", join.k3s->pod_subnet, join.k3s->service_subnet);
  if (!is_ca_hash(join.kubeadm->ca_hash)) {
    return wrong("kubeadm.ca_hash", "expected sha256: and 64 lower-case hexadecimal digits");
  }
  return check_subnets(record, "kubeadm", join.kubeadm->pod_subnet, join.kubeadm->service_subnet);
}

}  // namespace

bool is_port_in_use(std::int64_t port) {
  return std::ranges::find(kPortsInUse, port) != kPortsInUse.end();
}

bool is_cluster_range(const Ipv4Subnet& subnet) {
  constexpr Ipv4Subnet kShared{{0x64400000}, 10};  // RFC 6598, section 7: 100.64.0.0/10
  return subnet.is_private() || (subnet.prefix >= kShared.prefix && kShared.contains(subnet.network));
}

bool has_pod_networks(const Ipv4Subnet& pod_subnet, std::size_t nodes) {
  return pod_subnet.prefix <= kNodePodPrefix && nodes <= std::size_t{1} << (kNodePodPrefix - pod_subnet.prefix);
}

bool is_ca_hash(std::string_view text) {
  constexpr std::string_view kStart = "sha256:";
  constexpr std::size_t kDigits = 64;
  const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return text.size() == kStart.size() + kDigits && text.starts_with(kStart) &&
         std::ranges::all_of(text.substr(kStart.size()), is_digit);
}

Json join_json(const std::optional<JoinSettings>& join) {
  if (!join) return {};
  Json managers = Json::array();
  for (const Ipv4 manager : join->managers) managers.push_back(format_ipv4(manager));
  return Json::Object{{"managers", std::move(managers)},        {"expected", std::int64_t{join->expected}},
                      {"port", std::int64_t{join->port}},       {"swarm", swarm_json(join->swarm)},
                      {"kubeadm", kubeadm_json(join->kubeadm)}, {"k3s", k3s_json(join->k3s)}};
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
  KRAKEN_ASSIGN(join.kubeadm, read_kubeadm(object.member("kubeadm")));
  KRAKEN_ASSIGN(join.k3s, read_k3s(object.member("k3s")));
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
  return check_settings(record);
}

}  // namespace kraken
