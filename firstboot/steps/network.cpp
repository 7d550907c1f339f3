#include <algorithm>
#include <set>

#include "base/text.h"
#include "facts/network_facts.h"
#include "net/network.h"
#include "stack/files.h"
#include "steps/network_rollback.h"
#include "steps/registry.h"
#include "system/put_file.h"

namespace kraken {

namespace {

// A bond takes two seconds to take up a link, a gigabit link three to be negotiated, and a network service may still be
// busy with a DHCP server that does not answer.
constexpr int kProofTries = 20;
constexpr std::chrono::milliseconds kBetweenTries{2000};
constexpr int kCarrierTries = 20;
constexpr std::chrono::milliseconds kBetweenCarrierTries{500};
// RFC 5227, section 1.1: probes within PROBE_NUM * PROBE_MAX seconds, and ANNOUNCE_WAIT for late answers.
constexpr std::chrono::milliseconds kCollisionLimit{3000};
constexpr std::chrono::seconds kCommandLimit{60};

bool is_as_rendered(const NetworkFacts& network, const StackFile& file) {
  const auto found = network.files.find(file.path);
  if (found == network.files.end() || found->second.state != TextFile::State::kPresent) return false;
  return found->second.content == file.content && found->second.is_private == (file.mode == FileMode::kPrivate);
}

bool is_absent(const NetworkFacts& network, const std::string& path) {
  const auto found = network.files.find(path);
  return found == network.files.end() || found->second.state == TextFile::State::kAbsent;
}

void say_farewell(const StackConfig& config, System& system) {
  for (const auto& farewell : config.farewells) static_cast<void>(system.run_program(farewell, kCommandLimit).ok());
}

// The first file that is not as it should be, or "".
std::string wrong_file(const NetworkFacts& network) {
  for (const StackFile& file : network.config->files) {
    if (!is_as_rendered(network, file)) return file.path + " is not as it should be";
  }
  for (const std::string& path : network.config->obsolete) {
    if (!is_absent(network, path)) return path + " is left over from another configuration";
  }
  return "";
}

// Of the bond, if it is to be one.
std::vector<const Nic*> ports_of(const NetworkFacts& network) {
  if (network.config->interface != kBondName) return {};
  std::vector<const Nic*> ports = {&network.wanted->primary};
  if (network.wanted->fallback) ports.push_back(&*network.wanted->fallback);
  return ports;
}

SettledNetwork settled_by(const WantedNetwork& wanted) {
  SettledNetwork settled{identity_of(wanted.primary), std::nullopt};
  if (wanted.fallback) settled.fallback = identity_of(*wanted.fallback);
  return settled;
}

// An adapter in another socket is the same one as before.
bool is_settled(const NetworkFacts& network) {
  const auto& fallback = network.wanted->fallback;
  if (!network.settled || !is_same_nic(network.settled->primary, network.wanted->primary)) return false;
  if (network.settled->fallback.has_value() != fallback.has_value()) return false;
  return !fallback || is_same_nic(*network.settled->fallback, *fallback);
}

Status write_settled(const NetworkFacts& network, System& system) {
  const std::string settled = format_settled_network(settled_by(*network.wanted));
  return system.replace_file(kSettledNetworkPath, settled, FileMode::kPublic);
}

bool is_ours(const NetworkState& state, const MacAddress& mac) {
  return std::ranges::any_of(state.links,
                             [&](const Link& link) { return link.mac == mac || link.permanent_mac == mac; });
}

// `changed`: what is another file now than it was, also when not all could be written.
Status write_files(const StackConfig& config, System& system, std::set<std::string>& changed) {
  for (const StackFile& file : config.files) {
    KRAKEN_TRY(put_file(system, file.path, file.content, file.mode));
    changed.insert(file.path);
  }
  for (const std::string& path : config.obsolete) {
    changed.insert(path);
    KRAKEN_TRY(system.remove_file(path));
  }
  return ok_status();
}

void keep_first(Status& first, Status next) {
  if (first.ok()) first = std::move(next);
}

// An interface that is unplugged meanwhile gets its name from whoever plugs it in, and a bond that is gone is gone.
Status unless_gone(Status status) {
  return !status.ok() && status.error().code() == ErrorCode::kNotFound ? ok_status() : status;
}

// Those that had a name before which is another's now: an adapter that lost its link to a second one of its kind.
std::vector<const Link*> displaced_links(const NetworkFacts& network) {
  std::vector<const Link*> displaced;
  for (const NicRename& change : network.config->renames) {
    const Link* holder = network.state.find_link(change.to);
    if (holder != nullptr && holder->index != change.index) displaced.push_back(holder);
  }
  return displaced;
}

// The first name of ours for an interface that has to give its own up.
std::string spare_name(const NetworkState& state) {
  int number = 0;
  while (state.find_link("kr-old" + std::to_string(number)) != nullptr) ++number;
  return "kr-old" + std::to_string(number);
}

class NetworkStep final : public Step {
 public:
  explicit NetworkStep(Network& network) : network_(network) {}
  Stage stage() const override { return Stage::kNetwork; }
  WaitsFor waits_for() const override { return WaitsFor::kNetwork; }
  Touches touches() const override { return Touches::kNetwork; }
  std::string_view name() const override { return "network"; }
  Check check(const Facts& facts, const NodeRecord& record) const override;
  Status apply(const Facts& facts, const NodeRecord& record, System& system) const override;

 private:
  Status set_up(const NetworkFacts& network, const NodeRecord& record, System& system) const;
  Status refuse_taken_address(const NetworkFacts& network, const NodeRecord& record, System& system) const;
  Result<int> link_with_carrier(const WantedNetwork& wanted, System& system) const;
  Result<FilesBefore> keep_files_before(const NetworkFacts& network, System& system) const;
  Status tell_and_prove(const NetworkFacts& network, const NodeRecord& record, Reach enough, System& system) const;
  Status keep_up(const NetworkFacts& network, const NodeRecord& record, System& system) const;
  Status wait_for_proof(const NetworkFacts& network, const NodeRecord& record, Reach enough, System& system) const;
  Status note_stray_port(const NetworkFacts& network, System& system) const;
  Status tell_stack(const NetworkFacts& network, System& system) const;
  Status go_back(const NetworkFacts& network, const FilesBefore& before, System& system) const;
  Status delete_bond(const std::string& name) const;
  Status rename_all(const StackConfig& config) const;
  Status rename(int index, const std::string& name) const;
  Status move_away(const Link& holder, const std::string& name) const;
  Status rename_link(const Link& link, const std::string& name) const;
  Status roll_back(const NetworkFacts& network, const FilesBefore& before, Status why, System& system) const;

  Network& network_;
};

Check NetworkStep::check(const Facts& facts, const NodeRecord& /*record*/) const {
  if (!facts.network) return Check::impossible("the network was not looked at");
  const NetworkFacts& network = *facts.network;
  if (!network.problem.empty()) return Check::impossible(network.problem);
  if (network.stack.kind == StackKind::kNone) {
    return Check::impossible("nothing that this program knows configures this image's network: " +
                             network.stack.evidence);
  }
  if (!network.wanted) return Check::impossible(network.choice.reason);
  if (!network.config) return Check::impossible(network.config_problem);
  if (const std::string wrong = wrong_file(network); !wrong.empty()) return Check::needed(wrong);
  if (!is_settled(network)) {
    return Check::needed("the configuration of " + network.config->interface + " has not been proved yet");
  }
  if (network.rollback.state != TextFile::State::kAbsent) {
    return Check::needed(std::string(kNetworkRollbackPath) + " is left over from a run that was cut off");
  }
  if (network.proof.reach < Reach::kRoute) return Check::needed_this_boot(network.proof.detail);
  const std::string port = stray_port(network.state, ports_of(network));
  const std::string stray = port.empty() ? "" : port + " is not in " + network.config->interface;
  if (!stray.empty() && port != network.given_up_port) return Check::needed_this_boot(stray);
  if (const auto& file = network.config->resolv_conf) {
    return Check::needed(file->path + " lacks name servers of the cluster");
  }
  if (network.settled != settled_by(*network.wanted)) {
    return Check::needed(std::string(kSettledNetworkPath) + " has an interface in another place than it is now");
  }
  const std::string but = network.proof.reach == Reach::kGateway ? "" : "address and default route are in place, but ";
  const std::string alone = stray.empty() ? "" : stray + ", whose program was told of it: there is no failover; ";
  return Check::done(alone + but + network.proof.detail + "; " + network.config->way + "; " + network.choice.reason);
}

Status NetworkStep::apply(const Facts& facts, const NodeRecord& record, System& system) const {
  const NetworkFacts& network = *facts.network;
  const bool is_new = !is_settled(network) || !wrong_file(network).empty();
  KRAKEN_TRY(is_new ? set_up(network, record, system) : keep_up(network, record, system));
  const auto& file = network.config->resolv_conf;
  return file ? system.replace_file(file->path, file->content, file->mode) : ok_status();
}

// What was proved once is not given up because a gateway or a cable is away today, and while address and route are
// there the stack has nothing to do better: to tell it again would only take the network from whoever uses it.
Status NetworkStep::keep_up(const NetworkFacts& network, const NodeRecord& record, System& system) const {
  // A run that was cut off may have left files that nobody has proved.
  const bool cut_off = network.rollback.state != TextFile::State::kAbsent;
  const Reach enough = cut_off ? Reach::kGateway : Reach::kRoute;
  if (network.proof.reach < enough || !stray_port(network.state, ports_of(network)).empty()) {
    say_farewell(*network.config, system);
    // Told also when an interface keeps another name: the farewell may have stopped it.
    Status renamed = rename_all(*network.config);
    if (!renamed.ok()) {
      static_cast<void>(tell_stack(network, system).ok());
      return renamed;
    }
    KRAKEN_TRY(tell_and_prove(network, record, enough, system));
  }
  if (network.settled != settled_by(*network.wanted)) KRAKEN_TRY(write_settled(network, system));
  return system.remove_file(kNetworkRollbackPath);
}

Status NetworkStep::set_up(const NetworkFacts& network, const NodeRecord& record, System& system) const {
  KRAKEN_TRY(refuse_taken_address(network, record, system));
  KRAKEN_ASSIGN(const FilesBefore before, keep_files_before(network, system));
  say_farewell(*network.config, system);
  std::set<std::string> changed;
  Status status = write_files(*network.config, system, changed);
  if (status.ok()) status = rename_all(*network.config);
  if (status.ok()) status = tell_and_prove(network, record, Reach::kGateway, system);
  if (!status.ok()) return roll_back(network, files_to_restore(before, network, changed), std::move(status), system);
  KRAKEN_TRY(write_settled(network, system));
  return system.remove_file(kNetworkRollbackPath);
}

// RFC 5227, section 2.1: an address that another host has is not taken.
Status NetworkStep::refuse_taken_address(const NetworkFacts& network, const NodeRecord& record, System& system) const {
  const Ipv4 address = record.network.address;
  const bool has_it =
      std::ranges::any_of(network.state.addresses, [&](const LinkAddress& found) { return found.address == address; });
  if (has_it && !network.settled) return ok_status();
  // What worked once is not given up for an interface that may have no link either.
  KRAKEN_ASSIGN(const int link, link_with_carrier(*network.wanted, system));
  if (has_it) return ok_status();
  KRAKEN_ASSIGN(const auto owner, network_.ask_arp(link, Ipv4{}, address, kCollisionLimit));
  if (!owner || is_ours(network.state, *owner)) return ok_status();
  return Error(ErrorCode::kAlreadyExists,
               "another machine, " + format_mac(*owner) + ", has this node's address " + format_ipv4(address) +
                   ": give one of the two another address; until then this node keeps the network that it has");
}

// Of the interfaces that are to carry the address the first with a link.
Result<int> NetworkStep::link_with_carrier(const WantedNetwork& wanted, System& system) const {
  std::vector<const Nic*> nics = {&wanted.primary};
  if (wanted.fallback) nics.push_back(&*wanted.fallback);
  for (const Nic* nic : nics) {
    if (nic->index != 0) KRAKEN_TRY(network_.set_link_up(nic->index));
  }
  for (int i = 0; i < kCarrierTries; ++i) {
    KRAKEN_ASSIGN(const NetworkState state, network_.state());
    for (const Nic* nic : nics) {
      const Link* link = state.find_link(nic->index);
      if (link != nullptr && link->carrier) return link->index;
    }
    system.pause(kBetweenCarrierTries);
  }
  return Error(ErrorCode::kIo, "no interface that is to have the node's address has a link: is a cable plugged in?");
}

// A run that was cut off has kept them already: what is on the disk now may be its own half-written work.
Result<FilesBefore> NetworkStep::keep_files_before(const NetworkFacts& network, System& system) const {
  if (network.rollback.state == TextFile::State::kPresent) {
    auto kept = parse_files_before(network.rollback.content);
    if (kept.ok()) return kept;
  }
  KRAKEN_ASSIGN(FilesBefore before, files_before(network));
  KRAKEN_TRY(system.make_folder(kStateFolder));
  KRAKEN_TRY(system.replace_file(kNetworkRollbackPath, format_files_before(before), FileMode::kPrivate));
  return before;
}

// Of a bond with all its ports, if they come: without one of them the network is as good, but not as sure.
Status NetworkStep::wait_for_proof(const NetworkFacts& network, const NodeRecord& record, Reach enough,
                                   System& system) const {
  NetworkProof proof;
  for (int i = 0; i < kProofTries; ++i) {
    proof = prove_network(record, *network.config, network_);
    const auto state = network_.state();
    if (proof.reach >= enough && state.ok() && stray_port(*state, ports_of(network)).empty()) return ok_status();
    system.pause(kBetweenTries);
  }
  return proof.reach >= enough ? ok_status() : Error(ErrorCode::kIo, proof.detail);
}

// What counts is the proof.
Status NetworkStep::tell_and_prove(const NetworkFacts& network, const NodeRecord& record, Reach enough,
                                   System& system) const {
  const Status told = tell_stack(network, system);
  if (!told.ok() && exit_status_counts(network.stack)) return told;
  Status proved = wait_for_proof(network, record, enough, system);
  if (proved.ok()) return note_stray_port(network, system);
  return told.ok() ? proved : std::move(proved).with_context(told.error().what());
}

// Once in a boot: to tell the stack again and again would take the network from whoever uses it, for nothing.
Status NetworkStep::note_stray_port(const NetworkFacts& network, System& system) const {
  KRAKEN_ASSIGN(const NetworkState state, network_.state());
  const std::string port = stray_port(state, ports_of(network));
  return port.empty() ? ok_status() : system.replace_file(kGivenUpPortPath, port, FileMode::kPublic);
}

Status NetworkStep::rename_all(const StackConfig& config) const {
  Status first;
  for (const NicRename& change : config.renames) keep_first(first, rename(change.index, change.to));
  return first;
}

// The last failure is nearest to what is missing.
Status NetworkStep::tell_stack(const NetworkFacts& network, System& system) const {
  Status last;
  for (const auto& command : network.config->commands) {
    Status told = system.run_program(command, kCommandLimit);
    if (told.ok()) continue;
    last = std::move(told);
    if (exit_status_counts(network.stack)) break;
  }
  return last;
}

// The network's service finds the files and the interfaces' names as they were, and no bond of ours that it would take
// for somebody else's. Whatever of that fails: it runs again in the end, as the farewell may have stopped it, and
// answers for whatever network can be had.
Status NetworkStep::go_back(const NetworkFacts& network, const FilesBefore& before, System& system) const {
  say_farewell(*network.config, system);
  Status first = restore_files(before, system);
  keep_first(first, delete_bond(network.config->interface));
  for (const NicRename& change : network.config->renames) {
    keep_first(first, rename(change.index, change.from));
    keep_first(first, unless_gone(network_.set_link_up(change.index)));
  }
  for (const Link* link : displaced_links(network)) {
    keep_first(first, rename(link->index, link->name));
    if (link->up) keep_first(first, unless_gone(network_.set_link_up(link->index)));
  }
  Status restarted = system.run_program({"systemctl", "restart", network.stack.service}, kCommandLimit);
  if (exit_status_counts(network.stack)) keep_first(first, std::move(restarted));
  for (const auto& command : network.config->returns) {
    static_cast<void>(system.run_program(command, kCommandLimit).ok());
  }
  return first;
}

Status NetworkStep::delete_bond(const std::string& name) const {
  KRAKEN_ASSIGN(const NetworkState state, network_.state());
  const Link* bond = state.find_link(name);
  if (bond == nullptr || bond->kind != "bond") return ok_status();
  return unless_gone(network_.delete_link(bond->index));
}

Status NetworkStep::rename(int index, const std::string& name) const {
  KRAKEN_ASSIGN(const NetworkState state, network_.state());
  const Link* link = state.find_link(index);
  if (link == nullptr || link->name == name) return ok_status();
  if (const Link* holder = state.find_link(name)) KRAKEN_TRY(move_away(*holder, spare_name(state)));
  return rename_link(*link, name);
}

// Its turn may come too, if it is to have another's name.
Status NetworkStep::move_away(const Link& holder, const std::string& name) const {
  KRAKEN_TRY(rename_link(holder, name));
  return holder.up ? unless_gone(network_.set_link_up(holder.index)) : ok_status();
}

// Which has to be down for that. Failure leaves it as it was.
Status NetworkStep::rename_link(const Link& link, const std::string& name) const {
  if (link.up) KRAKEN_TRY(unless_gone(network_.set_link_down(link.index)));
  Status renamed = unless_gone(network_.rename_link(link.index, name));
  if (link.up && !renamed.ok()) static_cast<void>(network_.set_link_up(link.index).ok());
  return renamed;
}

Status NetworkStep::roll_back(const NetworkFacts& network, const FilesBefore& before, Status why,
                              System& system) const {
  const Status back = go_back(network, before, system);
  if (!back.ok()) {
    return std::move(why).with_context(
        "the new network configuration failed, and the previous one could not be put back (" + back.error().what() +
        ")");
  }
  KRAKEN_TRY(system.remove_file(kNetworkRollbackPath));
  return std::move(why).with_context("the previous network configuration is back, because the new one failed");
}

}  // namespace

std::unique_ptr<const Step> make_network_step(Network& network) {
  return std::make_unique<NetworkStep>(network);
}

}  // namespace kraken
