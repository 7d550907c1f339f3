#include "run/await_adapter.h"

#include <set>

#include "facts/network_facts.h"
#include "nic/mode_switch.h"

namespace kraken {

namespace {

// Hubs and adapters were seen to take up to 20 s.
constexpr int kTries = 60;
constexpr std::chrono::milliseconds kBetweenTries{500};

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

}  // namespace

void await_adapter(const std::filesystem::path& root, const NodeRecord& record, Machine machine) {
  if (read_settled_network(root)) return;
  std::set<std::string> ejected;
  for (int i = 0; i < kTries && lacks_adapter_or_link(root, record, machine.network); ++i) {
    for (const ModeSwitch& adapter : find_mode_switches(root)) {
      // One that cannot be ejected is none: the choice of the interface will say what is missing.
      if (ejected.insert(adapter.device).second) static_cast<void>(machine.system.eject_cdrom(adapter.device).ok());
    }
    machine.system.pause(kBetweenTries);
  }
}

}  // namespace kraken
