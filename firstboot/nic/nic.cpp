#include "nic/nic.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "base/text.h"
#include "nic/onboard.h"

namespace kraken {

namespace {

namespace fs = std::filesystem;

// Far more than a node has; a tree with more is not a node's.
constexpr std::size_t kMaxInterfaces = 1024;
constexpr std::uint64_t kFastestMbit = 1'000'000;
constexpr unsigned kIffUp = 1;

// net_device's addr_assign_type: Linux, include/uapi/linux/netdevice.h.
constexpr std::string_view kAddressPermanent = "0";
constexpr std::string_view kAddressRandom = "1";

std::vector<fs::path> interface_folders(const fs::path& root) {
  std::vector<fs::path> folders;
  std::error_code error;
  fs::directory_iterator entry(root / "sys/class/net", error);
  for (; !error && entry != fs::directory_iterator() && folders.size() < kMaxInterfaces; entry.increment(error)) {
    folders.push_back(entry->path());
  }
  std::ranges::sort(folders);
  return folders;
}

bool has_kind_of_its_own(const fs::path& interface) {
  std::error_code ignored;
  if (fs::exists(interface / "phy80211", ignored) || fs::exists(interface / "wireless", ignored)) return true;
  // The uevent's DEVTYPE ("wlan", "wwan", "bluetooth", "gadget") is what drivers of anything but plain Ethernet set.
  const auto keys = sysfs_lines(interface / "uevent");
  return std::ranges::any_of(keys, [](const std::string& line) { return line.starts_with("DEVTYPE="); });
}

bool is_up(const fs::path& interface) {
  const std::string text = sysfs_line(interface / "flags");  // "0x1003"
  unsigned flags = 0;
  if (!text.starts_with("0x")) return false;
  const auto [end, error] = std::from_chars(text.data() + 2, text.data() + text.size(), flags, 16);
  return error == std::errc() && end == text.data() + text.size() && (flags & kIffUp) != 0;
}

std::optional<bool> read_carrier(const fs::path& interface) {
  const std::string text = sysfs_line(interface / "carrier");  // reading fails (EINVAL) while the interface is down
  if (text == "1") return true;
  if (text == "0") return false;
  return std::nullopt;
}

std::optional<int> read_speed(const fs::path& interface) {
  // -1, or 4294967295 from older kernels: not known.
  const auto speed = parse_u64(sysfs_line(interface / "speed"));
  if (!speed || *speed == 0 || *speed > kFastestMbit) return std::nullopt;
  return static_cast<int>(*speed);
}

void read_permanent_mac(const fs::path& interface, const Link* link, Nic& nic) {
  const std::string kind = sysfs_line(interface / "addr_assign_type");
  if (link != nullptr) nic.permanent_mac = link->permanent_mac;
  if (!nic.permanent_mac && kind == kAddressPermanent) nic.permanent_mac = parse_mac(sysfs_line(interface / "address"));
  if (!nic.permanent_mac && link == nullptr) {
    // What the port of a bond had before it became one: a random address too, so it counts only where the kernel did
    // not say that there is no permanent one.
    nic.permanent_mac = parse_mac(sysfs_line(interface / "bonding_slave/perm_hwaddr"));
  }
  // A bond overwrites the address, and with it the sign that it was random.
  nic.mac_is_random = !nic.permanent_mac && (kind == kAddressRandom || (link != nullptr && !kind.empty()));
}

Nic read_nic(const fs::path& root, const fs::path& interface, const fs::path& device, const std::vector<Link>& links) {
  Nic nic;
  nic.name = interface.filename().string();
  const auto link = std::ranges::find(links, nic.name, &Link::name);
  nic.index = static_cast<int>(std::min<std::uint64_t>(parse_u64(sysfs_line(interface / "ifindex")).value_or(0),
                                                       std::numeric_limits<int>::max()));
  if (nic.index == 0 && link != links.end()) nic.index = link->index;
  nic.driver = sysfs_link_name(device / "driver");
  if (const auto usb = usb_device_above(root, device)) {
    nic.usb = usb->id;
    nic.usb_port = usb->port;
  }
  nic.path = udev_path(root, device);
  read_permanent_mac(interface, link == links.end() ? nullptr : &*link, nic);
  nic.up = is_up(interface);
  nic.carrier = read_carrier(interface);
  // Some drivers keep telling the last link's speed.
  if (nic.carrier == true) nic.speed_mbit = read_speed(interface);
  return nic;
}

bool comes_before(const Nic& a, const Nic& b) {
  if (a.onboard != b.onboard) return a.onboard;
  if (port_less(a.usb_port, b.usb_port)) return true;
  if (port_less(b.usb_port, a.usb_port)) return false;
  return a.name < b.name;
}

}  // namespace

std::vector<Nic> read_nics(const fs::path& root, const std::vector<Link>& links) {
  std::vector<Nic> nics;
  std::vector<OnboardEvidence> evidence;
  for (const fs::path& interface : interface_folders(root)) {
    const auto device = device_folder(root, interface / "device");
    if (!device || !is_device_word(interface.filename().string())) continue;
    if (sysfs_line(interface / "type") != "1" || has_kind_of_its_own(interface)) continue;  // 1: ARPHRD_ETHER
    nics.push_back(read_nic(root, interface, *device, links));
    evidence.push_back(gather_onboard_evidence(root, *device));
  }
  const auto verdicts = judge_onboard(evidence, read_ethernet_alias(root));
  for (std::size_t i = 0; i < nics.size(); ++i) {
    nics[i].onboard = verdicts[i].onboard;
    nics[i].onboard_reason = verdicts[i].reason;
  }
  std::ranges::stable_sort(nics, comes_before);
  return nics;
}

}  // namespace kraken
