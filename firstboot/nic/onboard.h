// Which of a node's interfaces is the one soldered to the board. "Is on USB" does not say: the Raspberry Pi 3B's own
// interface is on USB as well, and its chips are sold as adapters too.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "nic/sysfs_device.h"

namespace kraken {

struct OnboardEvidence {
  std::string driver;
  std::string tree_node;  // "/soc/usb@7e980000/usb1@1/ethernet@1": of the device or its USB device; "" when it has none
  std::vector<UsbDevice> usb;  // the USB device, then the hubs above it; empty when it is not on USB
};

struct OnboardVerdict {
  bool onboard = false;
  std::string reason;  // reads after "because"
};

OnboardEvidence gather_onboard_evidence(const std::filesystem::path& root, const std::filesystem::path& device);

// The device tree's node of the onboard interface; "" when the tree does not name one.
std::string read_ethernet_alias(const std::filesystem::path& root);

// One verdict for each interface. Pure. The device tree's word is final when an interface has the node that it names;
// else the board's known chips at the board's own places count.
std::vector<OnboardVerdict> judge_onboard(const std::vector<OnboardEvidence>& nics, const std::string& alias);

}  // namespace kraken
