// A wired network interface of this node as sysfs and the device tree show it. Interfaces that are not hardware
// (bonds, bridges, veth, ...), that are not Ethernet, or that the kernel says to be of a special kind (wireless, mobile
// broadband, Bluetooth, the USB gadget side) are not among them.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "net/mac_address.h"
#include "net/network.h"
#include "nic/sysfs_device.h"

namespace kraken {

struct Nic {
  std::string name;  // of now; another one after the next boot; is_device_word()
  int index = 0;
  std::string driver;                       // "r8152"
  std::optional<UsbId> usb;                 // of the USB device above it
  std::string usb_port;                     // "1-1.2": the USB device's name in sysfs; "" when it is not on USB
  std::string path;                         // udev's ID_PATH: "platform-3f980000.usb-usb-0:1.2:1.0"; "" when not known
  std::optional<MacAddress> permanent_mac;  // what the adapter was made with
  bool mac_is_random = false;               // the adapter has none of its own: another one after the next boot
  std::optional<int> speed_mbit;            // nothing without a link, and when the driver does not tell
  std::optional<bool> carrier;              // nothing while the interface is down
  bool up = false;
  bool onboard = false;
  std::string onboard_reason;  // what says so, either way
};

// Sorted: onboard first, then by USB port and name. What cannot be read is left empty. `links` (from the kernel, may be
// empty) tell the permanent addresses that sysfs does not.
std::vector<Nic> read_nics(const std::filesystem::path& root, const std::vector<Link>& links);

}  // namespace kraken
