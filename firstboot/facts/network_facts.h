// What is so of this node's network, and what it is to be: the interfaces, the program that configures them, the files
// that this program is to find, and whether the node can be proved to be on its network. Gathered once the network's
// own services run.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "contract/node_record.h"
#include "facts/settled_network.h"
#include "facts/text_file.h"
#include "net/network.h"
#include "nic/choice.h"
#include "nic/nic.h"
#include "stack/stack.h"
#include "tuning/tuning_facts.h"

namespace kraken {

// What the network's files were before this program changed them.
inline constexpr std::string_view kNetworkRollbackPath = "/var/lib/kraken/network-before.json";
inline constexpr std::size_t kNetworkRollbackMaxSize = std::size_t{4} * 1024 * 1024;

// The name of a port that is not in its bond, although the bond's program was told of it. Until the next boot.
inline constexpr std::string_view kGivenUpPortPath = "/run/kraken-given-up-port";

// How far the node got on its network: each includes those before it.
enum class Reach {
  kNothing,
  kAddress,  // an interface that is to have the node's address has it
  kRoute,    // and the default route with the least metric goes through it to the gateway
  kGateway,  // and the gateway answers there
};

struct NetworkProof {
  Reach reach = Reach::kNothing;
  std::string detail;  // what was found, or what is missing
};

// Not to be copied: the choice points into `nics`.
struct NetworkFacts {
  NetworkFacts() = default;
  NetworkFacts(NetworkFacts&&) = default;
  NetworkFacts& operator=(NetworkFacts&&) = default;
  ~NetworkFacts() = default;

  std::string problem;  // why the kernel did not say; then the state is empty
  NetworkState state;
  std::vector<Nic> nics;
  NicChoice choice;
  Stack stack;
  std::optional<SettledNetwork> settled;
  std::optional<WantedNetwork> wanted;    // nothing when no interface can be chosen
  std::optional<StackConfig> config;      // what `wanted` means for this stack
  std::string config_problem;             // why there is none
  std::map<std::string, TextFile> files;  // those that `config` speaks of, as they are
  TextFile rollback;                      // kNetworkRollbackPath: there while a new configuration is not proved
  std::string given_up_port;              // of the bond, in this boot: its program was told of it in vain
  NetworkProof proof;
  TuningFacts tuning;
};

// Asks the gateway by ARP when address and route are there. Never fails as a whole.
NetworkFacts gather_network(const std::filesystem::path& root, const NodeRecord& record, Network& network);

// Reads `tuning` anew, and leaves the rest as it is: to ask a silent gateway again would take its time.
void refresh_tuning(const std::filesystem::path& root, const Network& network, NetworkFacts& facts);

// Nothing when there is none, or none that can be used.
std::optional<SettledNetwork> read_settled_network(const std::filesystem::path& root);

// A bond's port to be that has a link and is not in it, by its name; "" when there is none, or no bond. A network
// service may take up a port later than the bond, or not at all; NetworkManager takes up none without a link.
std::string stray_port(const NetworkState& state, const std::vector<const Nic*>& ports);
// The same of the interfaces that were settled on.
std::string stray_port(const std::filesystem::path& root, const SettledNetwork& settled, const NetworkState& state);

// On whatever interface.
NetworkProof prove_network(const NodeRecord& record, Network& network);
// On an interface that `config` gives the address to: another one may have got the same from a DHCP server.
NetworkProof prove_network(const NodeRecord& record, const StackConfig& config, Network& network);

}  // namespace kraken
