#include "facts/wanted_network.h"

#include <algorithm>
#include <utility>

namespace kraken {

namespace {

// The choice as far as the stack can bring it about.
struct Chosen {
  const Nic* primary = nullptr;
  const Nic* fallback = nullptr;
  bool is_as_wanted = false;
};

bool lacks_link(const Nic& nic) {
  return nic.carrier == false;
}

// The choice leaves it to failover to use the one that has a link.
Chosen chosen_for(const Stack& stack, const NicChoice& choice) {
  Chosen chosen{choice.primary, choice.fallback, choice.outcome == NicOutcome::kAsWanted};
  const bool fallback_is_better =
      chosen.fallback != nullptr && lacks_link(*chosen.primary) && !lacks_link(*chosen.fallback);
  if (fallback_is_better && !can_fail_over(stack)) std::swap(chosen.primary, chosen.fallback);
  return chosen;
}

// The interface as it is, or, while it is away, what a configuration needs to know it by.
Nic nic_of(const std::vector<Nic>& nics, const NicIdentity& identity) {
  const Nic* present = find_nic(nics, identity);
  return present == nullptr ? absent_nic(identity) : *present;
}

bool gives_way(const Nic* primary, const Nic& other) {
  return primary == nullptr || (lacks_link(*primary) && !lacks_link(other));
}

bool keeps(const SettledNetwork& settled, const Stack& stack, const std::vector<Nic>& nics, const Chosen& chosen) {
  const bool fails_over = settled.fallback && can_fail_over(stack);
  const bool can_stand_in = fails_over && find_nic(nics, *settled.fallback) != nullptr;
  const Nic* primary = find_nic(nics, settled.primary);
  if (chosen.primary == nullptr) return primary == nullptr && can_stand_in;
  // An adapter that is away one day changes nothing, also where the one that stands in would do.
  const bool is_only_one = chosen.fallback == nullptr && can_stand_in;
  if (primary == nullptr && is_only_one && is_same_nic(*settled.fallback, *chosen.primary)) return true;
  const bool is_another = !is_same_nic(settled.primary, *chosen.primary);
  // The fallback was all there was, and now what the profile wants is there.
  const bool is_of_other_kind = primary == nullptr || primary->onboard != chosen.primary->onboard;
  if (chosen.is_as_wanted && is_another && is_of_other_kind) return false;
  if (chosen.fallback != nullptr && !settled.fallback) return false;
  if (!fails_over && is_another && gives_way(primary, *chosen.primary)) return false;
  return primary != nullptr || can_stand_in;
}

}  // namespace

const Nic* find_nic(const std::vector<Nic>& nics, const NicIdentity& identity) {
  const auto found = std::ranges::find_if(nics, [&](const Nic& nic) { return is_same_nic(identity, nic); });
  return found == nics.end() ? nullptr : &*found;
}

std::optional<WantedNetwork> wanted_network(const NodeRecord& record, const Stack& stack, const std::vector<Nic>& nics,
                                            const NicChoice& choice, const std::optional<SettledNetwork>& settled) {
  WantedNetwork wanted;
  wanted.address = record.network.address;
  wanted.prefix = record.network.prefix;
  wanted.gateway = record.network.gateway;
  wanted.dns = record.network.dns;
  for (const RecordHost& host : record.hosts) {
    if (host.name != record.node.name) wanted.peers.push_back(host.address);
  }
  const Chosen chosen = chosen_for(stack, choice);
  if (settled && keeps(*settled, stack, nics, chosen)) {
    wanted.primary = nic_of(nics, settled->primary);
    if (settled->fallback) wanted.fallback = nic_of(nics, *settled->fallback);
    return wanted;
  }
  if (chosen.primary == nullptr) return std::nullopt;
  wanted.primary = *chosen.primary;
  if (chosen.fallback != nullptr) wanted.fallback = *chosen.fallback;
  return wanted;
}

}  // namespace kraken
