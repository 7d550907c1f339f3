#include <algorithm>

#include "stack/layout.h"
#include "stack/resolv_conf.h"
#include "stack/stack.h"

namespace kraken {

namespace {

// systemd.link(5). Name= holds with net.ifnames=0 and with Raspberry Pi OS's 99-default.link -> /dev/null as well: both
// switch off the naming *policies* only.
StackFile link_file(const Port& port) {
  const std::string match = port.mac ? "PermanentMACAddress=" + format_mac(*port.mac) : "Path=" + port.path;
  return {link_path(port.name),
          "# Written by kraken-firstboot.\n[Match]\n" + match + "\n\n[Link]\nName=" + port.name + "\n"};
}

// One that is away gets its name when it comes.
void add_rename(const Nic& nic, const Port& port, StackConfig& config) {
  if (nic.index != 0 && nic.name != port.name) config.renames.push_back({nic.index, nic.name, port.name});
}

void add_carriers(const Stack& stack, const WantedNetwork& wanted, StackConfig& config) {
  if (config.interface == kBondName) return;
  config.carriers.push_back(wanted.primary.index);
  if (wanted.fallback && can_fail_over(stack)) config.carriers.push_back(wanted.fallback->index);
}

void add_farewells(const Stack& stack, StackConfig& config) {
  // Renaming is a flood of events to it, and it runs its hooks for each before it looks at a signal to end: tried with
  // 9.4.1, which then outlives the ten seconds that its unit's ExecStop waits, and takes the address away from itself.
  if (stack.renderer == StackKind::kDhcpcd && !config.renames.empty()) {
    config.farewells.push_back({"systemctl", "stop", "dhcpcd.service"});
  }
  if (stack.renderer != StackKind::kIfupdown) return;
  // ifupdown's udev rule starts this unit for an interface that is plugged in. It stops when the name is gone, and then
  // fails for want of the old stanza.
  // What networking.service brought up goes down with its DHCP client. Nothing is done where there is nothing to do.
  for (const NicRename& change : config.renames) {
    config.farewells.push_back({"systemctl", "stop", "ifup@" + change.from + ".service"});
    config.farewells.push_back({"ifdown", change.from});
    config.farewells.push_back({"systemctl", "reset-failed", "ifup@" + change.from + ".service"});
    // A service that fails for another interface does not come to those.
    config.returns.push_back({"ifup", "--allow=hotplug", change.from});
  }
}

void add_resolv_conf(const Stack& stack, const WantedNetwork& wanted, StackConfig& config) {
  if (stack.keeps_resolv_conf || wanted.dns.empty()) return;
  const std::string path(kResolvConfPath);
  const auto found = stack.existing.find(path);
  const std::string existing = found == stack.existing.end() ? "" : found->second;
  if (has_name_servers(existing, wanted.dns)) return;
  config.resolv_conf = StackFile{path, managed_resolv_conf(existing, wanted.dns), FileMode::kPublic};
}

StackConfig render(const Stack& stack, const Layout& layout) {
  switch (stack.renderer) {
    case StackKind::kNetworkManager:
      return render_networkmanager(layout);
    case StackKind::kNetworkd:
      return render_networkd(layout);
    case StackKind::kDhcpcd:
      return render_dhcpcd(layout, stack);
    case StackKind::kIfupdown:
      return render_ifupdown(layout, stack);
    case StackKind::kNetplan:  // never a renderer
    case StackKind::kNone:
      break;
  }
  return {};
}

}  // namespace

bool can_fail_over(const Stack& stack) {
  return stack.can_bond || stack.renderer == StackKind::kDhcpcd;
}

FileMode mode_of_edited(const Stack& stack, const std::string& path) {
  return stack.secret.contains(path) ? FileMode::kPrivate : FileMode::kPublic;
}

bool exit_status_counts(const Stack& stack) {
  return stack.renderer != StackKind::kIfupdown;
}

Result<StackConfig> render_config(const Stack& stack, const WantedNetwork& wanted) {
  if (stack.kind == StackKind::kNone) return StackConfig{};
  if (!stack.problem.empty()) return Error(ErrorCode::kIo, stack.problem);
  KRAKEN_ASSIGN(const Layout layout, lay_out(wanted));
  StackConfig config = render(stack, layout);
  for (const Port& port : layout.ports()) config.files.push_back(link_file(port));
  add_resolv_conf(stack, wanted, config);
  add_carriers(stack, wanted, config);
  add_rename(wanted.primary, layout.primary, config);
  if (wanted.fallback) add_rename(*wanted.fallback, *layout.fallback, config);
  add_farewells(stack, config);
  for (std::string& path : all_own_files()) {
    const bool wanted_file =
        std::ranges::any_of(config.files, [&](const StackFile& file) { return file.path == path; });
    if (!wanted_file) config.obsolete.push_back(std::move(path));
  }
  return config;
}

}  // namespace kraken
