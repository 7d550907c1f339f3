// What is not there yet when the network's turn comes, and may come by itself: a USB adapter that is late, has no link
// yet, or comes up as a CD-ROM; and the address, which the network's services are still busy setting up.
#pragma once

#include <filesystem>

#include "contract/node_record.h"
#include "run/eject_adapters.h"
#include "run/machine.h"

namespace kraken {

enum class Await {
  kAll,      // as at a boot, when switches and routers come up too, and the ports of a bond
  kAddress,  // and the route through it, whether the gateway answers or not
};

// Turns CD-ROMs that are adapters into adapters, as they are after every power-up, and waits up to half a minute until
// they are interfaces. On a node whose network has not been set up before: sets its interfaces up, and waits as long
// for the one that the profile wants and for its link. On one whose network was proved before: waits up to a minute
// until it can be proved again. Not at all when there is nothing to wait for. Answers what became of the CD-ROMs.
Ejected await_network(const std::filesystem::path& root, const NodeRecord& record, Machine machine, Await what);

}  // namespace kraken
