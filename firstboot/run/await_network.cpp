#include "run/await_network.h"

#include "facts/network_facts.h"

namespace kraken {

namespace {

// Hubs and adapters were seen to take up to 20 s.
constexpr int kTries = 60;
constexpr std::chrono::milliseconds kBetweenTries{500};
// A bond takes up its links within seconds; a node of the size of a 3B starts its services at the same time.
constexpr int kProofTries = 100;
constexpr int kTriesOfASilentGateway = 4;  // to ask it takes that much longer

// An interface that is down tells nothing of its link. That one cannot be set up is for the choice to find out.
bool set_up(const std::vector<Nic>& nics, Network& network) {
  bool changed = false;
  for (const Nic& nic : nics) {
    if (!nic.up && nic.index != 0) changed |= network.set_link_up(nic.index).ok();
  }
  return changed;
}

// Either may come a little later.
bool lacks_adapter_or_link(const std::filesystem::path& root, const NodeRecord& record, Network& network) {
  const auto state = network.state();
  const auto nics = read_nics(root, state.ok() ? state->links : std::vector<Link>());
  if (set_up(nics, network)) return true;
  const NicOutcome outcome = choose_nics(nics, record.nic).outcome;
  return outcome == NicOutcome::kNoAdapter || outcome == NicOutcome::kNoLink || outcome == NicOutcome::kNothing;
}

// To step in while they are at work would only delay them.
void await_proof(const std::filesystem::path& root, const SettledNetwork& settled, const NodeRecord& record,
                 Machine machine, Await what) {
  for (int left = kProofTries; left > 0;) {
    const Reach reach = prove_network(record, machine.network).reach;
    if (what == Await::kAddress && reach >= Reach::kRoute) return;
    const auto state = machine.network.state();
    const bool is_whole = state.ok() && stray_port(root, settled, *state).empty();
    if (reach == Reach::kGateway && is_whole) return;
    machine.system.pause(kBetweenTries);
    left -= reach == Reach::kRoute ? kTriesOfASilentGateway : 1;
  }
}

}  // namespace

Ejected await_network(const std::filesystem::path& root, const NodeRecord& record, Machine machine, Await what) {
  const auto settled = read_settled_network(root);
  AdapterEjector adapters(root, machine.system);
  for (int i = 0; i < kTries; ++i) {
    const bool comes_back = adapters.eject();
    const bool lacks = !settled && lacks_adapter_or_link(root, record, machine.network);
    if (!comes_back && !lacks) break;
    machine.system.pause(kBetweenTries);
  }
  if (settled) await_proof(root, *settled, record, machine, what);
  return adapters.ejected();
}

}  // namespace kraken
