#include "config/cluster_template.h"

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "base/text.h"
#include "config/cluster_reader.h"
#include "config/problems.h"
#include "config/utf8.h"

namespace kraken {

namespace {

// Always in quotes, so that "on" or "12" stays text. What is passed in has no control character (checked before).
std::string yaml_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

// Words between @ are filled in.
constexpr std::string_view kText = R"(# The cluster, for kraken-image: every node's image is made from this file.
# 'kraken-image plan' shows what would be put into an image, and from which line here it comes.

cluster:
  name: @name@
  # timezone: Europe/Berlin
  # Keys and tokens that the nodes share. Never give this folder away, and never put it into a repository.
  secrets: secrets

# What the images start from: a description in profiles/bases, or an image file of your own:
# base: {file: raspios-lite.img.xz, sha256: 0123...}
base: @base@

# What joins the nodes to a cluster: none, swarm, kubeadm or k3s. With settings, and their defaults:
# orchestrator: {kind: swarm, broker_port: 5203, address_pools: [10.200.0.0/16], pool_prefix: 24, certificate_days: 3650}
# orchestrator: {kind: kubeadm, pod_subnet: 10.244.0.0/16, service_subnet: 10.96.0.0/16}
# orchestrator: {kind: k3s, pod_subnet: 10.42.0.0/16, service_subnet: 10.43.0.0/16, small_server: true}
orchestrator: @orchestrator@

network:
  subnet: @subnet@
  gateway: @gateway@
  # Name servers, three at most; without this line, the gateway.
  dns: [@gateway@]

# Who logs in to the nodes. Without a password, the keys are the only way in.
access:
  user: @user@
  authorized_keys_files: [@key_file@]
  # authorized_keys: ["ssh-ed25519 AAAA... me"]
  # What 'openssl passwd -6' prints; never the password itself.
  # password_hash: "$6$..."
  sudo_without_password: true

# One line a node. The id is what 'burn --node' takes; profile is a file in profiles; card is what is printed on the
# card.
nodes:
@nodes@)";

using Words = std::map<std::string, std::string, std::less<>>;

// One pass, so that an @ in what is filled in stays what it is.
std::string fill(std::string_view text, const Words& words) {
  const auto parts = split(text, '@');
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) out += i % 2 == 0 ? parts[i] : words.find(parts[i])->second;
  return out;
}

std::string node_line(const ClusterTemplate& wanted, std::uint32_t id, Ipv4 address) {
  const std::string profile = id == 1 ? "manager-32g" : "worker";
  const std::string card = id == 1 ? "32GB" : "16GB";
  return "  - {id: " + std::to_string(id) + ", name: " + yaml_text(wanted.name + "-" + std::to_string(id)) +
         ", address: " + format_ipv4(address) + ", profile: " + profile + ", card: " + card + "}\n";
}

// Addresses upwards from the first host; nothing when the subnet ends before.
std::optional<std::vector<Ipv4>> addresses_of(const ClusterTemplate& wanted) {
  std::vector<Ipv4> addresses;
  const std::uint64_t last = wanted.subnet.broadcast().bits;
  std::uint64_t next = std::uint64_t{wanted.subnet.network.bits} + std::max(wanted.first_host, 1U);
  while (addresses.size() < wanted.nodes && next < last) {
    const Ipv4 address{static_cast<std::uint32_t>(next++)};
    if (address != wanted.gateway) addresses.push_back(address);
  }
  if (addresses.size() < wanted.nodes) return std::nullopt;
  return addresses;
}

bool is_plain_text(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
  }
  return !find_broken_utf8(text);
}

}  // namespace

Result<std::string> commented_cluster_yaml(const ClusterTemplate& wanted) {
  for (const std::string& text : {wanted.name, wanted.base, wanted.orchestrator, wanted.user, wanted.key_file}) {
    if (!is_plain_text(text)) return Error(ErrorCode::kInvalidArgument, in_quotes(text) + " has control characters");
  }
  const auto addresses = addresses_of(wanted);
  if (!addresses) {
    return Error(ErrorCode::kInvalidArgument, format_ipv4_subnet(wanted.subnet) + " has no room for " +
                                                  std::to_string(wanted.nodes) + " nodes from host " +
                                                  std::to_string(wanted.first_host) +
                                                  " on; take a larger subnet or fewer nodes");
  }
  std::string nodes;
  std::uint32_t id = 0;
  for (const Ipv4 address : *addresses) nodes += node_line(wanted, ++id, address);
  const std::string text = fill(kText, {{"name", yaml_text(wanted.name)},
                                        {"base", yaml_text(wanted.base)},
                                        {"orchestrator", yaml_text(wanted.orchestrator)},
                                        {"subnet", format_ipv4_subnet(wanted.subnet)},
                                        {"gateway", format_ipv4(wanted.gateway)},
                                        {"user", yaml_text(wanted.user)},
                                        {"key_file", yaml_text(wanted.key_file)},
                                        {"nodes", nodes}});
  // Without a name: lines of a text that nobody has would help nobody.
  KRAKEN_TRY(check_text(SchemaKind::kCluster, text, "").recode(ErrorCode::kInvalidArgument));
  return text;
}

}  // namespace kraken
