#include "stack/files.h"

#include <algorithm>
#include <utility>

#include "stack/interfaces_files.h"

namespace kraken {

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kUuids = {{
    {"kr-bond0", "f9a733b8-c3c0-4fc5-b03a-c0106625ec72"},
    {"kr-lan0", "13d2057e-e7cd-4975-b0c2-a99b1cbc10af"},
    {"kr-usb0", "afba7bbd-35ad-434e-b4e3-cba229212b01"},
    {"kr-eth0", "3dffee37-f392-41e6-a256-8ad99f9ddc49"},
    {"kr-lan1", "f0f536ae-aaad-4d15-9f3d-21aa8189080b"},
    {"kr-usb1", "5f43e06a-1805-4e41-adfa-7d3ec9b12364"},
    {"kr-eth1", "723955f7-6498-4e4d-b50f-a32e193e829d"},
}};

std::string named(std::string_view before, std::string_view interface, std::string_view after) {
  return std::string(before) + std::string(interface) + std::string(after);
}

}  // namespace

std::string link_path(std::string_view interface) {
  return named("/etc/systemd/network/05-kraken-", interface, ".link");
}

std::string keyfile_path(std::string_view interface) {
  return named("/etc/NetworkManager/system-connections/", interface, ".nmconnection");
}

std::string netplan_copy_path(std::string_view interface) {
  return named("/etc/netplan/90-NM-", uuid_of(interface), ".yaml");
}

std::string network_path(std::string_view interface) {
  return named("/etc/systemd/network/05-kraken-", interface, ".network");
}

std::string netdev_path(std::string_view interface) {
  return named("/etc/systemd/network/05-kraken-", interface, ".netdev");
}

std::string_view uuid_of(std::string_view interface) {
  const auto* const found = std::ranges::find(kUuids, interface, [](const auto& entry) { return entry.first; });
  return found == kUuids.end() ? std::string_view() : found->second;
}

std::vector<std::string> all_own_files() {
  std::vector<std::string> files = {std::string(kOwnInterfacesPath), std::string(kSysctlPath), netdev_path(kBondName)};
  for (const auto& [interface, uuid] : kUuids) {
    files.push_back(keyfile_path(interface));
    files.push_back(netplan_copy_path(interface));
    files.push_back(network_path(interface));
    if (interface != kBondName) files.push_back(link_path(interface));
  }
  return files;
}

}  // namespace kraken
