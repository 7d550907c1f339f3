// Which interfaces are to have the node's address, from what is there today, what the profile prefers and what was
// settled before. Pure.
#pragma once

#include <optional>
#include <vector>

#include "contract/node_record.h"
#include "facts/settled_network.h"
#include "nic/choice.h"
#include "nic/nic.h"
#include "stack/stack.h"

namespace kraken {

// The choice, but for this: what was settled in an earlier run stays as long as it can carry the address, so that an
// adapter that is away or has no link today changes no configuration. Where only one interface has the address (mode
// single, or a stack that cannot fail over) it gives way to another one as soon as it is away, or has no link and the
// other one is not known to lack it. Nothing when no interface can be chosen.
std::optional<WantedNetwork> wanted_network(const NodeRecord& record, const Stack& stack, const std::vector<Nic>& nics,
                                            const NicChoice& choice, const std::optional<SettledNetwork>& settled);

// The first that is the one; some adapters have the address of others. Null when it is away.
const Nic* find_nic(const std::vector<Nic>& nics, const NicIdentity& identity);

}  // namespace kraken
