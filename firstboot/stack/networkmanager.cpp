// NetworkManager's keyfiles, nm-settings-keyfile(5): root's and 0600, or it ignores them. With the words that both 1.42
// (bookworm) and 1.52 (trixie) read: the newer controller= and port-type= are dropped without a word by the older.
//
// Also where netplan gives NetworkManager its interfaces (trixie). The NetworkManager of such images keeps what it
// *changes* as /etc/netplan/90-NM-<uuid>.yaml, and gets it back as a profile in /run; it reads keyfiles in /etc as ever
// (netplan's documentation, "How to integrate Netplan with desktop"). But an upgrade of its package, or `nmcli
// connection modify`, moves ours over there, and a profile in /run hides one in /etc with the same UUID
// (nms-keyfile-utils.h, NMS_KEYFILE_STORAGE_TYPE_RUN). So those copies are on the list of what is obsolete.
#include "stack/layout.h"

namespace kraken {

namespace {

// autoconnect-priority: above 0, which profiles of cloud-init, netplan and people have, and -999 of "Wired connection
// 1". Retries 0: for ever, since a switch may be switched on last.
std::string connection_section(std::string_view name, std::string_view type) {
  return "# Written by kraken-firstboot.\n[connection]\nid=" + std::string(name) +
         "\nuuid=" + std::string(uuid_of(name)) + "\ntype=" + std::string(type) +
         "\nautoconnect-priority=100\nautoconnect-retries=0\n";
}

// `mac-address` is compared with the permanent address, which a port keeps while it uses the bond's.
std::string match_sections(const Port& port) {
  if (port.mac) return "\n[ethernet]\nmac-address=" + format_mac(*port.mac) + "\n";
  return "\n[ethernet]\n\n[match]\npath=" + port.path + ";\n";
}

std::string address_sections(const Layout& layout) {
  std::string text = "\n[ipv4]\nmethod=manual\naddress1=" + layout.address() + "," +
                     format_ipv4(layout.wanted.gateway) + "\nroute-metric=" + std::to_string(kRouteMetric) + "\n";
  if (!layout.wanted.dns.empty()) text += "dns=" + listed(layout.wanted.dns, ";") + ";\n";
  return text + "\n[ipv6]\nmethod=auto\n";
}

std::string bond_file(const Layout& layout) {
  return connection_section(kBondName, "bond") + "interface-name=" + std::string(kBondName) +
         "\nautoconnect-slaves=1\n\n[bond]\nmode=active-backup\nprimary=" + layout.primary.name +
         "\nprimary_reselect=always\nfail_over_mac=none\nnum_grat_arp=" + std::to_string(kGratuitousArps) +
         "\narp_interval=" + std::to_string(kArpIntervalMs) +
         "\narp_ip_target=" + listed(arp_targets(layout.wanted), ",") + "\narp_validate=none\n" +
         address_sections(layout);
}

std::string port_file(const Port& port) {
  return connection_section(port.name, "ethernet") + "master=" + std::string(kBondName) + "\nslave-type=bond\n" +
         match_sections(port);
}

// `connection up` on the bond brings its ports up too (autoconnect-slaves), whatever profile they are active in: the
// wish of a user overrides that (find_slaves() in nm-manager.c). The other way round, a port first, would take the link
// from under an open session before the bond is there to carry it on.
std::vector<std::vector<std::string>> take_up(std::string_view name) {
  return {{"nmcli", "connection", "reload"}, {"nmcli", "--wait", "45", "connection", "up", "id", std::string(name)}};
}

}  // namespace

StackConfig render_networkmanager(const Layout& layout) {
  StackConfig config;
  const auto add = [&config](std::string_view name, std::string content) {
    config.files.push_back({keyfile_path(name), std::move(content), FileMode::kPrivate});
  };
  if (layout.fallback) {
    add(kBondName, bond_file(layout));
    for (const Port& port : layout.ports()) add(port.name, port_file(port));
    config.interface = kBondName;
    config.way = "an active-backup bond of " + layout.primary.name + " (primary) and " + layout.fallback->name +
                 " by NetworkManager";
  } else {
    add(layout.primary.name, connection_section(layout.primary.name, "ethernet") + match_sections(layout.primary) +
                                 address_sections(layout));
    config.interface = layout.primary.name;
    config.way = layout.primary.name + " alone, by NetworkManager";
  }
  config.commands = take_up(config.interface);
  return config;
}

}  // namespace kraken
