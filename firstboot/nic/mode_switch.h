// Ethernet adapters that are not there yet: they come up as a CD-ROM with drivers for another system, and turn into an
// adapter once that disc is ejected. usb_modeswitch does it where it is installed and knows them. Looks only; ejecting
// is System::eject_cdrom's.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "nic/sysfs_device.h"

namespace kraken {

struct ModeSwitch {
  std::string device;  // "/dev/sr0"
  UsbId usb;           // as it is now
  std::string usb_port;
  std::string product;  // "TP-Link UE300"
};

// By device name. A CD-ROM that is not known to be an adapter is never among them: ejecting it would be a surprise.
std::vector<ModeSwitch> find_mode_switches(const std::filesystem::path& root);

}  // namespace kraken
