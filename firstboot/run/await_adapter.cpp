#include "run/await_adapter.h"

#include <set>

#include "facts/network_facts.h"
#include "nic/mode_switch.h"

namespace kraken {

namespace {

// Hubs and adapters were seen to take up to 20 s.
constexpr int kTries = 60;
constexpr std::chrono::milliseconds kBetweenTries{500};

bool lacks_adapter(const std::filesystem::path& root, const NodeRecord& record, const Network& network) {
  const auto state = network.state();
  const auto nics = read_nics(root, state.ok() ? state->links : std::vector<Link>());
  return choose_nics(nics, record.nic).outcome == NicOutcome::kNoAdapter;
}

}  // namespace

void await_adapter(const std::filesystem::path& root, const NodeRecord& record, Machine machine) {
  if (read_settled_network(root)) return;
  std::set<std::string> ejected;
  for (int i = 0; i < kTries && lacks_adapter(root, record, machine.network); ++i) {
    for (const ModeSwitch& adapter : find_mode_switches(root)) {
      // One that cannot be ejected is none: the choice of the interface will say what is missing.
      if (ejected.insert(adapter.device).second) static_cast<void>(machine.system.eject_cdrom(adapter.device).ok());
    }
    machine.system.pause(kBetweenTries);
  }
}

}  // namespace kraken
