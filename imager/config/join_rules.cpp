#include "config/join_rules.h"

#include <initializer_list>

#include "config/kubernetes_rules.h"
#include "config/words.h"
#include "contract/join_settings.h"

namespace kraken {

namespace {

constexpr Ipv4Subnet kTenNet{{0x0a000000}, 8};          // 10.0.0.0/8
constexpr Ipv4Subnet kUsualPool{{0x0ac80000}, 16};      // 10.200.0.0/16
constexpr Ipv4Subnet kPoolBesideTen{{0xac1f0000}, 16};  // 172.31.0.0/16: Docker's bridges begin at 172.17.0.0/16

class JoinReader {
 public:
  JoinReader(const View& section, ClusterConfig& cluster, Problems& problems)
      : section_(section), cluster_(cluster), problems_(problems) {}

  void read();

 private:
  void read_port();
  void read_swarm();
  void refuse(std::initializer_list<const char*> keys, const std::string& why);
  void check_pool(const Sourced<Ipv4Subnet>& pool, const std::string& path);

  const View& section_;
  ClusterConfig& cluster_;
  Problems& problems_;
};

void JoinReader::refuse(std::initializer_list<const char*> keys, const std::string& why) {
  for (const char* key : keys) {
    if (const auto value = section_.find(key)) {
      problems_.add(value->origin(), "orchestrator." + std::string(key) + ": " + why + "; leave it out");
    }
  }
}

void JoinReader::read_port() {
  const auto port = section_.find("broker_port");
  if (!port) return;
  cluster_.join.broker_port = {static_cast<std::uint16_t>(port->integer()), port->origin()};
  if (!is_port_in_use(cluster_.join.broker_port.value)) return;
  problems_.add(port->origin(), "orchestrator.broker_port: " + port->text() +
                                    " is taken on the nodes (5201 and 5202 measure links, 2377, 7946 and 4789 are "
                                    "Swarm's, the others etcd's and Kubernetes's); expected another, like " +
                                    std::to_string(kDefaultBrokerPort));
}

void JoinReader::check_pool(const Sourced<Ipv4Subnet>& pool, const std::string& path) {
  const JoinConfig& join = cluster_.join;
  const std::string subject = path + ": " + format_ipv4_subnet(pool.value);
  const auto& lan = cluster_.network.subnet;
  if (lan.value.prefix != 0 && pool.value.overlaps(lan.value)) {
    problems_.add(pool.origin, subject + " overlaps network.subnet, " + format_ipv4_subnet(lan.value) + " (" +
                                   lan.origin.text() + "); expected a private range that nothing else here uses");
  }
  for (const auto& other : join.address_pools) {
    if (!pool.value.overlaps(other.value)) continue;
    problems_.add(pool.origin, subject + " overlaps the pool " + format_ipv4_subnet(other.value) + " (" +
                                   other.origin.text() + "); expected a range of its own");
  }
  if (pool.value.prefix <= join.pool_prefix.value) return;
  problems_.add(pool.origin, subject + " is smaller than one network of pool_prefix, /" +
                                 std::to_string(join.pool_prefix.value) + "; expected a larger pool or a larger " +
                                 "pool_prefix");
}

void JoinReader::read_swarm() {
  JoinConfig& join = cluster_.join;
  if (const auto prefix = section_.find("pool_prefix")) {
    join.pool_prefix = {static_cast<int>(prefix->integer()), prefix->origin()};
  }
  if (const auto days = section_.find("certificate_days")) {
    join.certificate_days = {static_cast<int>(days->integer()), days->origin()};
  }
  if (const auto pools = section_.find("address_pools")) {
    std::size_t index = 0;
    for (const View& item : pools->items()) {
      const Sourced<Ipv4Subnet> pool{parse_ipv4_subnet(item.text()).value_or(Ipv4Subnet{}), item.origin()};
      check_pool(pool, "orchestrator.address_pools[" + std::to_string(index++) + "]");
      join.address_pools.push_back(pool);
    }
    return;
  }
  const Sourced<Ipv4Subnet> pool{default_address_pool(cluster_.network.subnet.value), {}};
  if (pool.value.prefix <= join.pool_prefix.value) {
    join.address_pools.push_back(pool);
    return;
  }
  problems_.add(join.pool_prefix.origin, "orchestrator.pool_prefix: networks of /" +
                                             std::to_string(join.pool_prefix.value) + " do not fit into " +
                                             format_ipv4_subnet(pool.value) +
                                             ", the default address pool; expected 16 to 29, or address_pools as well");
}

void JoinReader::read() {
  const auto word = section_.is_text() ? std::optional<View>(section_) : section_.find("kind");
  if (!word) return;
  const Orchestrator kind = from_word<Orchestrator>(word->text()).value_or(Orchestrator::kNone);
  cluster_.orchestrator = {kind, word->origin()};
  if (kind == Orchestrator::kNone) {
    refuse({"broker_port"}, "without an orchestrator there is no join broker");
  } else {
    read_port();
  }
  const std::string other = ", and the kind is " + to_word(kind);
  if (kind == Orchestrator::kSwarm) {
    read_swarm();
  } else {
    refuse({"address_pools", "pool_prefix", "certificate_days"}, "this is a setting of kind: swarm" + other);
  }
  if (kind == Orchestrator::kKubeadm || kind == Orchestrator::kK3s) {
    read_subnets(section_, cluster_, problems_);
  } else {
    refuse({"pod_subnet", "service_subnet"}, "this is a setting of kind: kubeadm and kind: k3s" + other);
  }
  if (kind == Orchestrator::kK3s) {
    if (const auto small = section_.find("small_server")) cluster_.join.small_server = {small->flag(), small->origin()};
  } else {
    refuse({"small_server"}, "this is a setting of kind: k3s" + other);
  }
}

}  // namespace

void read_orchestrator(const View& section, ClusterConfig& cluster, Problems& problems) {
  JoinReader(section, cluster, problems).read();
}

Ipv4Subnet default_address_pool(const Ipv4Subnet& lan) {
  return lan.prefix != 0 && lan.overlaps(kTenNet) ? kPoolBesideTen : kUsualPool;
}

}  // namespace kraken
