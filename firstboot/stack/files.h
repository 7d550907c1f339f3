// Names: of the interfaces as we call them, and of the files that are ours alone.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace kraken {

// All well below IFNAMSIZ, 16 with its end.
inline constexpr std::string_view kBondName = "kr-bond0";
inline constexpr std::array<std::string_view, 6> kPortNames = {"kr-lan0", "kr-usb0", "kr-eth0",
                                                               "kr-lan1", "kr-usb1", "kr-eth1"};

// Before netplan's 10-netplan-* and everything that images bring: networkd takes the first .network file that matches,
// by name, whatever the folder. systemd.network(5).
inline constexpr std::string_view kNetworkdPrefix = "05-kraken-";
inline constexpr std::string_view kDhcpcdPath = "/etc/dhcpcd.conf";
inline constexpr std::string_view kSysctlPath = "/etc/sysctl.d/90-kraken-failover.conf";

std::string link_path(std::string_view interface);
std::string keyfile_path(std::string_view interface);
// Where NetworkManager keeps a profile of ours once it has rewritten it: see networkmanager.cpp.
std::string netplan_copy_path(std::string_view interface);
std::string network_path(std::string_view interface);
std::string netdev_path(std::string_view interface);

// RFC 9562, version 4, made once: one a name is enough, since they are unique on a node and stay there.
std::string_view uuid_of(std::string_view interface);

// All that any configuration may have left, but for the files of the image's own that were edited.
std::vector<std::string> all_own_files();

}  // namespace kraken
