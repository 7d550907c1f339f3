// Files for systemd-networkd, systemd.netdev(5) and systemd.network(5). A port is matched by its permanent address or
// its path, never by Type=ether, which would take Docker's veth pairs as well, and not by name either, so that a rename
// that has yet to come does no harm.
//
// Also where netplan gives networkd its interfaces. Files of netplan's own would be no better: it can match no path;
// cloud-init's files match the same adapter by address, and of two such definitions networkd takes the one with the
// first name; `netplan apply` may restart more than ours. What netplan makes is called 10-netplan-*, so ours come
// first, and netplan leaves /etc/systemd/network alone. Only the names may not last: for `set-name` netplan has a udev
// rule, which comes after all .link files. Then the ports get their former names at every boot; nothing here depends on
// them.
#include "stack/layout.h"

namespace kraken {

namespace {

constexpr std::string_view kHead = "# Written by kraken-firstboot.\n";

// ConfigureWithoutCarrier: the address is there before the switch is, for services that bind to it.
std::string address_sections(const Layout& layout) {
  std::string text = "\n[Network]\nAddress=" + layout.address() + "\nConfigureWithoutCarrier=yes\n";
  for (const Ipv4 server : layout.wanted.dns) text += "DNS=" + format_ipv4(server) + "\n";
  return text + "\n[Route]\nGateway=" + format_ipv4(layout.wanted.gateway) +
         "\nMetric=" + std::to_string(kRouteMetric) + "\n";
}

std::string match_section(const Port& port) {
  return std::string(kHead) + "[Match]\n" +
         (port.mac ? "PermanentMACAddress=" + format_mac(*port.mac) : "Path=" + port.path) + "\n";
}

// RequiredForOnline=no: network-online.target waits for the bond, not for both of its ports.
std::string port_file(const Port& port, bool primary) {
  return match_section(port) + "\n[Link]\nRequiredForOnline=no\n\n[Network]\nBond=" + std::string(kBondName) + "\n" +
         (primary ? "PrimarySlave=yes\n" : "");
}

std::string bond_netdev(const Layout& layout) {
  return std::string(kHead) + "[NetDev]\nName=" + std::string(kBondName) +
         "\nKind=bond\n\n[Bond]\nMode=active-backup\nPrimaryReselectPolicy=always\nFailOverMACPolicy=none\n"
         "GratuitousARP=" +
         std::to_string(kGratuitousArps) + "\nARPIntervalSec=" + std::to_string(kArpIntervalMs) +
         "ms\nARPIPTargets=" + listed(arp_targets(layout.wanted), " ") + "\nARPValidate=none\n";
}

}  // namespace

// `networkctl reload` makes new bonds and configures what matches a changed file anew; options of a bond that is there
// already change with the next boot only. networkctl(1).
StackConfig render_networkd(const Layout& layout) {
  StackConfig config;
  const auto add = [&config](std::string path, std::string content) {
    config.files.push_back({std::move(path), std::move(content), FileMode::kPublic});
  };
  if (layout.fallback) {
    add(netdev_path(kBondName), bond_netdev(layout));
    add(network_path(kBondName),
        std::string(kHead) + "[Match]\nName=" + std::string(kBondName) + "\n" + address_sections(layout));
    add(network_path(layout.primary.name), port_file(layout.primary, true));
    add(network_path(layout.fallback->name), port_file(*layout.fallback, false));
    config.interface = kBondName;
    config.way = "an active-backup bond of " + layout.primary.name + " (primary) and " + layout.fallback->name +
                 " by systemd-networkd";
  } else {
    add(network_path(layout.primary.name), match_section(layout.primary) + address_sections(layout));
    config.interface = layout.primary.name;
    config.way = layout.primary.name + " alone, by systemd-networkd";
  }
  config.commands = {{"networkctl", "reload"}};
  return config;
}

}  // namespace kraken
