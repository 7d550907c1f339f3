#include "config/node_rules.h"

#include <algorithm>
#include <map>

#include "config/network_rules.h"
#include "config/profile_reader.h"
#include "contract/host_label.h"

namespace kraken {

namespace {

class NodeReader {
 public:
  NodeReader(ClusterConfig& cluster, Library& profiles, Problems& problems)
      : cluster_(cluster), profiles_(profiles), problems_(problems) {}

  void read(const View& view, const std::string& path);

 private:
  void read_identity(const View& view, NodeConfig& node);
  void read_name(const View& view, NodeConfig& node);
  void read_address(const View& view, NodeConfig& node);
  void read_profile(const View& view, NodeConfig& node);
  void check_card(const NodeConfig& node);
  // Tells when another node has the same; `what` is "name", `value` how a message shows it.
  void claim(const std::string& what, const Sourced<std::string>& value);

  std::string path_of(const char* key) const { return path_ + "." + key; }

  ClusterConfig& cluster_;
  Library& profiles_;
  Problems& problems_;
  std::string path_;
  std::map<std::string, Origin> claimed_;  // "name kraken-1"
  std::map<std::string, Profile> read_profiles_;
};

void NodeReader::claim(const std::string& what, const Sourced<std::string>& value) {
  const auto [first, is_new] = claimed_.emplace(what + " " + value.value, value.origin);
  if (is_new) return;
  problems_.add(value.origin,
                path_ + "." + what + ": " + value.value + " is taken by the node at " + first->second.text());
}

void NodeReader::read_identity(const View& view, NodeConfig& node) {
  const auto id = view.find("id");
  if (!id) return;
  node.id = {static_cast<std::uint32_t>(id->integer()), id->origin()};
  claim("id", {std::to_string(node.id.value), node.id.origin});
}

void NodeReader::read_name(const View& view, NodeConfig& node) {
  if (const auto name = view.find("name")) {
    node.name = name->sourced_text();
    claim("name", node.name);
    return;
  }
  // Also without a usable id or cluster name there is nothing to derive from; those are told already.
  if (view.has("name") || node.id.value == 0 || cluster_.name.value.empty()) return;
  node.name = {cluster_.name.value + "-" + std::to_string(node.id.value), node.id.origin};
  if (!is_host_label(node.name.value)) {
    problems_.add(node.id.origin, path_of("name") + ": the default, " + in_quotes(node.name.value) +
                                      ", is longer than the 63 characters of a host name; give the node a name");
  }
  claim("name", node.name);
}

void NodeReader::read_address(const View& view, NodeConfig& node) {
  const auto address = view.find("address");
  if (!address) return;
  node.address = {parse_ipv4(address->text()).value_or(Ipv4{}), address->origin()};
  check_host_address(node.address, cluster_.network, path_of("address"), problems_);
  if (node.address.value == cluster_.network.gateway.value) {
    problems_.add(node.address.origin, path_of("address") + ": " + address->text() + " is the gateway's (" +
                                           cluster_.network.gateway.origin.text() + ")");
  }
  claim("address", {address->text(), address->origin()});
}

void NodeReader::read_profile(const View& view, NodeConfig& node) {
  const auto name = view.find("profile");
  if (!name) return;
  node.profile_name = name->sourced_text();
  const auto known = read_profiles_.find(name->text());
  if (known != read_profiles_.end()) {
    node.profile = known->second;
    return;
  }
  const Library::Entry* const entry = profiles_.find(node.profile_name);
  if (entry == nullptr) return;
  node.profile = profile_from(node.profile_name, entry->value, problems_);
  read_profiles_.emplace(name->text(), node.profile);
}

void NodeReader::check_card(const NodeConfig& node) {
  if (!node.card_size.value) return;
  const std::string subject = path_of("card") + ": " + human_bytes(*node.card_size.value);
  const auto& least = node.profile.card_min_size;
  if (least.value && *node.card_size.value < *least.value) {
    problems_.add(node.card_size.origin, subject + " are less than the " + human_bytes(*least.value) +
                                             " of card.min_size of the profile " + in_quotes(node.profile_name.value) +
                                             " (" + least.origin.text() + "); use a larger card or another profile");
  }
  const auto& root = node.profile.root_size;
  if (root.value.bytes && *node.card_size.value <= *root.value.bytes) {
    problems_.add(node.card_size.origin, subject + " cannot hold a root partition of " +
                                             human_bytes(*root.value.bytes) + " (card.root_size, " +
                                             root.origin.text() + ")");
  }
}

void NodeReader::read(const View& view, const std::string& path) {
  path_ = path;
  NodeConfig node;
  read_identity(view, node);
  read_name(view, node);
  read_address(view, node);
  read_profile(view, node);
  if (const auto card = view.find("card")) node.card_size = {card->bytes(), card->origin()};
  check_card(node);
  if (const auto labels = view.find("labels")) {
    for (const auto& [key, label] : labels->members()) node.labels[key] = label.sourced_text();
  }
  cluster_.nodes.push_back(std::move(node));
}

// Silent while a profile could not be read: its role is not known then.
void check_manager(const View& nodes, const ClusterConfig& cluster, Problems& problems) {
  if (cluster.orchestrator.value == Orchestrator::kNone) return;
  const auto is_open = [](const NodeConfig& node) { return node.profile.name.empty(); };
  const auto is_manager = [](const NodeConfig& node) { return node.profile.role.value == Role::kManager; };
  if (std::ranges::any_of(cluster.nodes, is_open) || std::ranges::any_of(cluster.nodes, is_manager)) return;
  problems.add(nodes.origin(), "nodes: no node has a profile with role: manager, and " +
                                   to_word(cluster.orchestrator.value) + " (" + cluster.orchestrator.origin.text() +
                                   ") needs one");
}

}  // namespace

void read_nodes(const View& nodes, ClusterConfig& cluster, Library& profiles, Problems& problems) {
  NodeReader reader(cluster, profiles, problems);
  std::size_t index = 0;
  for (const View& node : nodes.items()) {
    if (problems.full()) return;
    reader.read(node, "nodes[" + std::to_string(index++) + "]");
  }
  check_manager(nodes, cluster, problems);
  std::ranges::stable_sort(cluster.nodes, {}, [](const NodeConfig& node) { return node.id.value; });
}

}  // namespace kraken
