// USB adapters that are not there yet when the network's turn comes: late ones, those without a link yet, and those that
// come up as a CD-ROM.
#pragma once

#include <filesystem>

#include "contract/node_record.h"
#include "run/machine.h"

namespace kraken {

// On a node whose network has not been set up before: sets its interfaces up, waits up to half a minute for the one that
// the profile wants and for its link, and turns CD-ROMs that are adapters into adapters. On all others: nothing.
void await_adapter(const std::filesystem::path& root, const NodeRecord& record, Machine machine);

}  // namespace kraken
