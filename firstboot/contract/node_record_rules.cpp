// What a node record may say: the values, apart from the JSON that carries them.
#include <algorithm>
#include <initializer_list>
#include <set>

#include "base/text.h"
#include "contract/host_label.h"
#include "contract/join_record.h"
#include "contract/node_record.h"

namespace kraken {

namespace {

constexpr std::size_t kMaxHosts = 4096;
constexpr std::size_t kMaxEntries = 256;          // labels, tuning settings, DNS servers: each
constexpr std::int64_t kYear9999 = 253402300799;  // 9999-12-31T23:59:59Z, the last that ISO 8601 writes in four digits

Error wrong(std::string_view place, std::string_view what) {
  return Error(ErrorCode::kCorrupt, std::string(place) + ": " + std::string(what));
}

bool is_printable(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

constexpr std::string_view kNodeIdExpected = "expected an id from 1 to 65535";

bool is_node_id(std::uint32_t id) {
  return id >= 1 && id <= 65535;
}

// Of a cluster, a profile, a tuning setting.
bool is_name(std::string_view text) {
  return is_plain_word(text, "._-", 128);
}

Status one_of(std::string_view place, std::string_view value, std::initializer_list<std::string_view> words) {
  if (std::ranges::find(words, value) != words.end()) return ok_status();
  std::string expected = "expected one of";
  for (const std::string_view word : words) expected += " \"" + std::string(word) + "\"";
  return wrong(place, expected);
}

Status check_node(const NodeRecord::Node& node) {
  if (!is_node_id(node.id)) return wrong("node.id", kNodeIdExpected);
  if (!is_host_label(node.name)) return wrong("node.name", "expected a host name (1 to 63 of a-z 0-9 and inner -)");
  KRAKEN_TRY(one_of("node.role", node.role, {kManagerRole, "worker"}));
  if (!is_name(node.profile)) return wrong("node.profile", "expected a profile's name");
  if (node.labels.size() > kMaxEntries) return wrong("node.labels", "too many");
  for (const auto& [key, value] : node.labels) {
    // 253 of a prefix, a slash and 63 of a name: the longest key that an orchestrator takes.
    if (!is_plain_word(key, "._-/", 317)) {
      return wrong("node.labels", "a key is empty, too long or has a strange character");
    }
    if (value.size() > 1024 || !is_printable(value))
      return wrong("node.labels", "a value is too long or not printable");
  }
  return ok_status();
}

Status check_build(const NodeRecord::Build& build) {
  if (build.clock < 0 || build.clock > kYear9999) {
    return wrong("build.clock", "expected seconds since 1970 up to the year 9999");
  }
  if (build.tool.empty() || build.tool.size() > 128 || !is_printable(build.tool)) {
    return wrong("build.tool", "expected the program's name and version");
  }
  const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (build.base_sha256.size() != 64 || !std::ranges::all_of(build.base_sha256, is_digit)) {
    return wrong("build.base_sha256", "expected 64 lower-case hexadecimal digits");
  }
  return ok_status();
}

Status check_network(const NodeRecord::Network& network) {
  if (network.prefix < 1 || network.prefix > 30) return wrong("network.prefix", "expected an integer from 1 to 30");
  Ipv4Subnet subnet{{}, network.prefix};
  subnet.network.bits = network.address.bits & subnet.mask();
  const auto is_host = [&subnet](Ipv4 address) {
    return subnet.contains(address) && address != subnet.network && address != subnet.broadcast();
  };
  if (!is_host(network.address)) return wrong("network.address", "is the subnet's own or its broadcast address");
  if (!is_host(network.gateway)) return wrong("network.gateway", "is no host of " + format_ipv4_subnet(subnet));
  if (network.gateway == network.address) return wrong("network.gateway", "is the node's own address");
  if (network.dns.size() > kMaxEntries) return wrong("network.dns", "too many");
  return ok_status();
}

Status check_nic(const NodeRecord::Nic& nic) {
  KRAKEN_TRY(one_of("nic.primary", nic.primary, {"usb-gigabit", "onboard", "auto"}));
  KRAKEN_TRY(one_of("nic.fallback", nic.fallback, {"onboard", "none"}));
  return one_of("nic.mode", nic.mode, {"failover", "single"});
}

Status check_hosts(const NodeRecord& record) {
  if (record.hosts.size() > kMaxHosts) return wrong("hosts", "too many");
  std::set<std::string> names;
  std::set<Ipv4> addresses;
  std::set<std::uint32_t> ids;
  for (const RecordHost& host : record.hosts) {
    if (!is_host_label(host.name)) return wrong("hosts", "a name is no host name (1 to 63 of a-z 0-9 and inner -)");
    if (!is_node_id(host.id)) return wrong("hosts", kNodeIdExpected);
    if (!ids.insert(host.id).second) return wrong("hosts", "the id " + std::to_string(host.id) + " is given twice");
    KRAKEN_TRY(one_of("hosts", host.role, {kManagerRole, "worker"}));
    if (!names.insert(host.name).second) return wrong("hosts", "the name " + host.name + " is given twice");
    if (!addresses.insert(host.address).second) {
      return wrong("hosts", "the address " + format_ipv4(host.address) + " is given twice");
    }
  }
  const RecordHost self{record.node.name, record.network.address, record.node.role, record.node.id};
  if (std::ranges::find(record.hosts, self) == record.hosts.end()) {
    return wrong("hosts", "this node, " + self.name + " at " + format_ipv4(self.address) + " as " + self.role +
                              " with the id " + std::to_string(self.id) + ", is not among them");
  }
  return ok_status();
}

Status check_tuning(const NodeRecord& record) {
  if (record.tuning.size() > kMaxEntries) return wrong("tuning", "too many");
  for (const auto& [name, value] : record.tuning) {
    if (!is_name(name)) return wrong("tuning", "a setting's name is empty, too long or strange");
  }
  return ok_status();
}

}  // namespace

Status check_node_record(const NodeRecord& record) {
  if (!is_name(record.cluster.name)) return wrong("cluster.name", "expected a name of a-z A-Z 0-9 . _ -");
  KRAKEN_TRY(one_of("cluster.orchestrator", record.cluster.orchestrator, {"none", "swarm", "kubeadm", "k3s"}));
  KRAKEN_TRY(check_node(record.node));
  KRAKEN_TRY(check_build(record.build));
  KRAKEN_TRY(check_network(record.network));
  KRAKEN_TRY(check_nic(record.nic));
  KRAKEN_TRY(check_tuning(record));
  KRAKEN_TRY(check_hosts(record));
  KRAKEN_TRY(check_join(record));
  return one_of("boot_folder", record.boot_folder, {"/boot/firmware", "/boot"});
}

}  // namespace kraken
