// Opens a card for this program alone: by itself where the system permits it, else through udisks2, which may ask the
// user for a password. Which device may be opened is decided elsewhere; here what was opened is held against what was
// known of the device, whoever opened it.
#pragma once

#include <optional>

#include "base/unique_fd.h"
#include "burn/direct_file.h"
#include "burn/target.h"
#include "udisks/udisks_block.h"

namespace kraken {

struct OpenedDevice {
  UniqueFd exclusive;  // O_EXCL: nobody can mount the device while it is held
  DirectFile file;
  std::optional<UdisksBlock> opener;  // nothing: this program opened it by itself
};

// kTargetRefused with the reason and what to do, and EBUSY when somebody else holds it; kInterrupted. Nothing was
// written, and nothing stays open.
Result<OpenedDevice> open_exclusively(const BlockDevice& device, const Permission& permission);

}  // namespace kraken
