#include "facts/network_facts.h"

#include <algorithm>

#include "facts/wanted_network.h"
#include "stack/files.h"
#include "system/rooted_system.h"

namespace kraken {

namespace {

namespace fs = std::filesystem;

constexpr Bytes kConfigFileMaxSize = kMiB;
constexpr std::chrono::milliseconds kGatewayLimit{1500};

}  // namespace

std::optional<SettledNetwork> read_settled_network(const fs::path& root) {
  const TextFile file = read_text_file(below(root, kSettledNetworkPath), kSettledNetworkMaxSize);
  if (file.state != TextFile::State::kPresent) return std::nullopt;
  // One that cannot be used is as good as none: everything in it is found out anew.
  const auto settled = parse_settled_network(file.content);
  return settled.ok() ? std::optional(*settled) : std::nullopt;
}

namespace {

std::map<std::string, TextFile> read_files(const fs::path& root, const StackConfig& config) {
  std::map<std::string, TextFile> files;
  for (const StackFile& file : config.files)
    files[file.path] = read_text_file(below(root, file.path), kConfigFileMaxSize);
  for (const std::string& path : config.obsolete) files[path] = read_text_file(below(root, path), kConfigFileMaxSize);
  return files;
}

const Route* best_default_route(const NetworkState& state) {
  const Route* best = nullptr;
  for (const Route& route : state.routes) {
    if (route.destination.prefix == 0 && (best == nullptr || route.metric < best->metric)) best = &route;
  }
  return best;
}

std::string name_of(const NetworkState& state, int link) {
  const Link* found = state.find_link(link);
  return found == nullptr ? "interface " + std::to_string(link) : found->name;
}

std::string address_text(const NodeRecord& record) {
  return format_ipv4(record.network.address) + "/" + std::to_string(record.network.prefix);
}

// By its name, since it may have come back under another index; or by its index, since it may keep another name.
bool is_to_carry(const StackConfig& config, const NetworkState& state, int link) {
  return std::ranges::find(config.carriers, link) != config.carriers.end() || name_of(state, link) == config.interface;
}

// The node's address where it counts, or why it does not: with dhcpcd several interfaces have it, and `route` says
// which one is used. Without a `config` every interface counts.
Result<LinkAddress> own_address(const NetworkState& state, const NodeRecord& record, const StackConfig* config,
                                const Route* route) {
  const LinkAddress* own = nullptr;
  const LinkAddress* elsewhere = nullptr;
  for (const LinkAddress& found : state.addresses) {
    if (found.address != record.network.address || found.prefix != record.network.prefix) continue;
    if (config != nullptr && !is_to_carry(*config, state, found.link)) {
      elsewhere = &found;
    } else if (own == nullptr || (route != nullptr && found.link == route->link)) {
      own = &found;
    }
  }
  if (own != nullptr) return *own;
  if (elsewhere == nullptr) return Error(ErrorCode::kNotFound, "no interface has the address " + address_text(record));
  return Error(ErrorCode::kNotFound, name_of(state, elsewhere->link) + " has the address " + address_text(record) +
                                         ", and not " + config->interface);
}

NetworkProof prove_state(const NetworkState& state, const NodeRecord& record, const StackConfig* config,
                         Network& network) {
  const Route* route = best_default_route(state);
  const auto own = own_address(state, record, config, route);
  if (!own.ok()) return {Reach::kNothing, own.error().what()};
  const std::string interface = name_of(state, own->link);
  const std::string gateway = format_ipv4(record.network.gateway);
  if (route == nullptr) return {Reach::kAddress, "there is no default route"};
  if (route->link != own->link || route->gateway != record.network.gateway) {
    return {Reach::kAddress, "the default route goes through " + name_of(state, route->link) +
                                 (route->gateway ? " to " + format_ipv4(*route->gateway) : "") + ", not through " +
                                 interface + " to " + gateway};
  }
  const auto answer = network.ask_arp(own->link, record.network.address, record.network.gateway, kGatewayLimit);
  const std::string silent = "the gateway " + gateway + " does not answer on " + interface;
  if (!answer.ok()) return {Reach::kRoute, silent + ": " + answer.error().what()};
  if (!*answer) return {Reach::kRoute, silent};
  return {Reach::kGateway, address_text(record) + " on " + interface + ", and the gateway " + gateway + " answers"};
}

}  // namespace

std::string stray_port(const NetworkState& state, const std::vector<const Nic*>& ports) {
  const Link* bond = state.find_link(kBondName);
  if (bond == nullptr || bond->kind != "bond") return "";
  for (const Nic* nic : ports) {
    const Link* port = state.find_link(nic->index);
    if (port != nullptr && port->carrier && port->master != bond->index) return port->name;
  }
  return "";
}

std::string stray_port(const fs::path& root, const SettledNetwork& settled, const NetworkState& state) {
  if (!settled.fallback) return "";
  const std::vector<Nic> nics = read_nics(root, state.links);
  std::vector<const Nic*> ports;
  for (const NicIdentity& identity : {settled.primary, *settled.fallback}) {
    if (const Nic* nic = find_nic(nics, identity)) ports.push_back(nic);
  }
  return stray_port(state, ports);
}

NetworkProof prove_network(const NodeRecord& record, Network& network) {
  const auto state = network.state();
  if (!state.ok()) return {Reach::kNothing, state.error().what()};
  return prove_state(*state, record, nullptr, network);
}

NetworkProof prove_network(const NodeRecord& record, const StackConfig& config, Network& network) {
  const auto state = network.state();
  if (!state.ok()) return {Reach::kNothing, state.error().what()};
  return prove_state(*state, record, &config, network);
}

void refresh_tuning(const fs::path& root, const Network& network, NetworkFacts& facts) {
  auto state = network.state();
  // Without the kernel's links the interfaces' own settings are not known, as when they were first read.
  const std::vector<Link> links = state.ok() ? std::move(state->links) : std::vector<Link>();
  facts.tuning = read_tuning(root, facts.nics, links, read_eee(facts.nics, network));
}

NetworkFacts gather_network(const fs::path& root, const NodeRecord& record, Network& network) {
  NetworkFacts facts;
  if (auto state = network.state(); state.ok()) {
    facts.state = std::move(*state);
  } else {
    facts.problem = state.error().what();
  }
  facts.nics = read_nics(root, facts.state.links);
  facts.choice = choose_nics(facts.nics, record.nic);
  facts.stack = detect_stack(root);
  facts.settled = read_settled_network(root);
  facts.rollback = read_text_file(below(root, kNetworkRollbackPath), kNetworkRollbackMaxSize);
  facts.given_up_port = read_text_file(below(root, kGivenUpPortPath), kConfigFileMaxSize).content;
  facts.wanted = wanted_network(record, facts.stack, facts.nics, facts.choice, facts.settled);
  if (facts.wanted) {
    auto config = render_config(facts.stack, *facts.wanted);
    if (config.ok()) {
      facts.files = read_files(root, *config);
      facts.config = std::move(*config);
    } else {
      facts.config_problem = config.error().what();
    }
  }
  // From the state that the rest was found out with: to list links, addresses and routes again would tell nothing new.
  facts.proof = facts.problem.empty()
                    ? prove_state(facts.state, record, facts.config ? &*facts.config : nullptr, network)
                    : NetworkProof{Reach::kNothing, facts.problem};
  facts.tuning = read_tuning(root, facts.nics, facts.state.links, read_eee(facts.nics, network));
  return facts;
}

}  // namespace kraken
