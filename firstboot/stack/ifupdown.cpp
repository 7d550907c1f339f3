// interfaces(5), with the bonds of ifenslave. The ports are brought up by udev and join the bond themselves
// (ifenslave's example two_hotplug_ethernet), so that an adapter that is plugged in late or again comes back into it.
//
// Without ifenslave there is no failover while the node runs: two stanzas with one address would leave it to chance
// which adapter answers for it, as ifupdown gives both the same route to the subnet. Then only the primary interface
// has the address; at the next boot first boot chooses anew among the interfaces that are there.
#include "stack/interfaces_files.h"
#include "stack/layout.h"

namespace kraken {

namespace {

constexpr std::string_view kHead = "# Written by kraken-firstboot.\n";

std::string address_lines(const Layout& layout) {
  std::string text = "\taddress " + layout.address() + "\n\tgateway " + format_ipv4(layout.wanted.gateway) +
                     "\n\tmetric " + std::to_string(kRouteMetric) + "\n";
  // For a hook of resolvconf's or of systemd-resolved's.
  if (!layout.wanted.dns.empty()) text += "\tdns-nameservers " + listed(layout.wanted.dns, " ") + "\n";
  return text;
}

// The same in every stanza: ifenslave's README.Debian, since whichever comes first may make the bond.
std::string bond_lines(const Layout& layout) {
  return "\tbond-mode active-backup\n\tbond-primary " + layout.primary.name +
         "\n\tbond-primary-reselect always\n\tbond-fail-over-mac none\n\tbond-num-grat-arp " +
         std::to_string(kGratuitousArps) + "\n\tbond-arp-ip-target " + listed(arp_targets(layout.wanted), " ") +
         "\n\tbond-arp-interval " + std::to_string(kArpIntervalMs) + "\n\tbond-arp-validate none\n";
}

// ifenslave takes a bond that another ifup is just about to make for one that is there, and its port stays out. In the
// right mode from the start, as that does not change any more once a port is in.
std::string make_bond() {
  const std::string bond(kBondName);
  return "[ -d /sys/class/net/" + bond + " ] || ip link add " + bond + " type bond mode active-backup || true";
}

std::string bond_stanzas(const Layout& layout) {
  const std::string bond(kBondName);
  std::string text =
      "auto " + bond + "\niface " + bond + " inet static\n" + address_lines(layout) + "\tbond-slaves none\n";
  text += bond_lines(layout);
  for (const Port& port : layout.ports()) {
    text += "\nallow-hotplug " + port.name + "\niface " + port.name + " inet manual\n\tpre-up " + make_bond() +
            "\n\tbond-master " + bond + "\n" + bond_lines(layout);
  }
  return text;
}

// Both words: `auto` is known to ifupdown2 and ifupdown-ng too, and allow-hotplug brings it back when it was unplugged.
std::string single_stanza(const Layout& layout) {
  const std::string& name = layout.primary.name;
  return "auto " + name + "\nallow-hotplug " + name + "\niface " + name + " inet static\n" + address_lines(layout);
}

// networking.service fails for any interface that cannot be brought up: for want of a DHCP server, say. Then
// try-restart would do nothing, restart takes nothing down, and what is brought up by hotplug is not come to. To bring
// up twice is nothing to ifup.
std::vector<std::vector<std::string>> commands_for(const std::vector<Port>& ports) {
  std::vector<std::vector<std::string>> commands;
  for (const Port& port : ports) commands.push_back({"ifdown", "--force", port.name});
  commands.push_back({"systemctl", "restart", "networking.service"});
  for (const Port& port : ports) commands.push_back({"ifup", port.name});
  return commands;
}

std::vector<std::string> names_of(const Layout& layout) {
  std::vector<std::string> names = {layout.wanted.primary.name};
  if (layout.wanted.fallback) names.push_back(layout.wanted.fallback->name);
  return names;
}

}  // namespace

StackConfig render_ifupdown(const Layout& layout, const Stack& stack) {
  StackConfig config;
  const bool bond = layout.fallback && stack.can_bond;
  for (auto& [path, content] : make_room(stack.existing, names_of(layout))) {
    config.files.push_back({path, content, mode_of_edited(stack, path)});
  }
  config.files.push_back({std::string(kOwnInterfacesPath),
                          std::string(kHead) + (bond ? bond_stanzas(layout) : single_stanza(layout)),
                          FileMode::kPublic});
  config.commands = commands_for(bond ? layout.ports() : std::vector<Port>{layout.primary});
  config.interface = bond ? kBondName : layout.primary.name;
  if (bond) {
    config.way =
        "an active-backup bond of " + layout.primary.name + " (primary) and " + layout.fallback->name + " by ifupdown";
  } else {
    config.way = layout.primary.name + " alone, by ifupdown" +
                 (layout.fallback ? ": without ifenslave it fails over at a boot only" : "");
  }
  return config;
}

}  // namespace kraken
