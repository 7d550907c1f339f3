// What is known of USB Ethernet chips by their USB ids: how fast they can be, and what their makers call them. The
// driver does not say it: an AX88179A may come up as cdc_ncm or cdc_ether, like many others.
#pragma once

#include <span>
#include <string_view>

#include "nic/sysfs_device.h"

namespace kraken {

struct KnownAdapter {
  UsbId id;
  int mbit = 0;  // at most
  std::string_view chip;
};

// Null for one that is not known.
const KnownAdapter* find_known_adapter(UsbId id);

// USB devices that come up as a CD-ROM with drivers for another system, and become an Ethernet adapter once the disc is
// ejected.
struct KnownCdrom {
  UsbId id;
  std::string_view product;
};

// All, sorted by their ids.
std::span<const KnownCdrom> known_cdroms();
// Null for one that is not known.
const KnownCdrom* find_known_cdrom(UsbId id);

}  // namespace kraken
