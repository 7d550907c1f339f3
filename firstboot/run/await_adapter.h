// USB adapters that are not there yet when the network's turn comes: late ones, and those that come up as a CD-ROM.
#pragma once

#include <filesystem>

#include "contract/node_record.h"
#include "run/machine.h"

namespace kraken {

// On a node that wants a USB adapter and has not been set up with one: waits up to half a minute for one to appear, and
// turns CD-ROMs that are adapters into adapters. On all others: nothing.
void await_adapter(const std::filesystem::path& root, const NodeRecord& record, Machine machine);

}  // namespace kraken
