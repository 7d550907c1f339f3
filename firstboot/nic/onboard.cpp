#include "nic/onboard.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace kraken {

namespace {

namespace fs = std::filesystem;

// An of_node link is relative or absolute, and always leads here.
constexpr std::string_view kTreeBase = "/firmware/devicetree/base";

struct BoardChip {
  UsbId chip;
  std::string_view place;  // below the root hub
  UsbId hub;               // that it hangs on
  std::string_view board;
};

// The Ethernet chips of the boards that have them on USB, where the boards have them: arch/arm/boot/dts of the
// Raspberry Pi kernel, bcm283x-rpi-smsc9512.dtsi, bcm283x-rpi-smsc9514.dtsi and bcm283x-rpi-lan7515.dtsi.
constexpr std::array<BoardChip, 3> kBoardChips = {{
    {{0x0424, 0xec00}, "1.1", {0x0424, 0x9514}, "Raspberry Pi 2B and 3B"},
    {{0x0424, 0xec00}, "1.1", {0x0424, 0x9512}, "Raspberry Pi 1B"},
    {{0x0424, 0x7800}, "1.1.1", {0x0424, 0x2514}, "Raspberry Pi 3B+"},
}};

std::string tree_node_of(const fs::path& device) {
  std::error_code error;
  const std::string target = fs::read_symlink(device / "of_node", error).string();
  const std::size_t base = target.find(kTreeBase);
  if (error || base == std::string::npos) return "";
  return target.substr(base + kTreeBase.size());
}

std::string place_of(const UsbDevice& device) {
  const std::size_t dash = device.port.find('-');
  return dash == std::string::npos ? "" : device.port.substr(dash + 1);
}

const BoardChip* board_chip(const OnboardEvidence& nic) {
  if (nic.usb.size() < 2) return nullptr;
  const auto* const found = std::ranges::find_if(kBoardChips, [&](const BoardChip& known) {
    return known.chip == nic.usb[0].id && known.place == place_of(nic.usb[0]) && known.hub == nic.usb[1].id;
  });
  return found == kBoardChips.end() ? nullptr : found;
}

OnboardVerdict by_tree(const OnboardEvidence& nic, const std::string& alias) {
  if (nic.tree_node == alias) return {true, "the device tree names it ethernet0 (" + alias + ")"};
  return {false, "the device tree's ethernet0 is another one (" + alias + ")"};
}

OnboardVerdict by_chip(const OnboardEvidence& nic) {
  if (nic.usb.empty()) {
    const bool known = nic.driver == "bcmgenet" || nic.driver == "macb";
    return {true, known ? "its driver, " + nic.driver + ", is the one of the Raspberry Pi's own interface"
                        : std::string("it is not on USB")};
  }
  const std::string chip = format_usb_id(nic.usb.front().id) + " at USB port " + nic.usb.front().port;
  if (const BoardChip* known = board_chip(nic)) {
    return {true, chip + " is where the " + std::string(known->board) + " has it"};
  }
  return {false, chip + " is where no board is known to have its own interface"};
}

}  // namespace

OnboardEvidence gather_onboard_evidence(const fs::path& root, const fs::path& device) {
  OnboardEvidence nic;
  nic.driver = sysfs_link_name(device / "driver");
  nic.tree_node = tree_node_of(device);
  for (auto usb = usb_device_above(root, device); usb; usb = usb_device_above(root, usb->folder.parent_path())) {
    nic.usb.push_back(*usb);
  }
  if (nic.tree_node.empty() && !nic.usb.empty()) nic.tree_node = tree_node_of(nic.usb.front().folder);
  return nic;
}

std::string read_ethernet_alias(const fs::path& root) {
  std::string alias = sysfs_line(root / "proc/device-tree/aliases/ethernet0");
  return alias.starts_with('/') ? alias : "";
}

std::vector<OnboardVerdict> judge_onboard(const std::vector<OnboardEvidence>& nics, const std::string& alias) {
  // An alias that no interface has says nothing about the others: older kernels link no node to a USB device.
  const bool tree_tells =
      !alias.empty() && std::ranges::any_of(nics, [&](const auto& nic) { return nic.tree_node == alias; });
  const bool one_not_on_usb = std::ranges::any_of(nics, [](const auto& nic) { return nic.usb.empty(); });
  std::vector<OnboardVerdict> verdicts;
  for (const OnboardEvidence& nic : nics) {
    if (tree_tells) {
      verdicts.push_back(by_tree(nic, alias));
    } else if (one_not_on_usb && !nic.usb.empty()) {
      verdicts.push_back({false, "it is on USB, and the board's own interface is not"});
    } else {
      verdicts.push_back(by_chip(nic));
    }
  }
  return verdicts;
}

}  // namespace kraken
