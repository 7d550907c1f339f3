// dhcpcd.conf(5). dhcpcd makes no bonds. It gives both interfaces the one address, and each its metric, on the route to
// the subnet too (tried with 9.4.1); when one loses its carrier it takes the address from it, and announces it from the
// other (dhcpcd_handlecarrier() and arp_announceaddr() of 8.1.2, which bullseye has, and of 9.4.1). That is the
// failover here: a dead link behind a live carrier is not noticed. Not before 10.1, which no Raspberry Pi OS brings as
// its stack, does dhcpcd take its own other interface for a stranger with the same address (its issue 392).
#include <algorithm>

#include "base/text.h"
#include "stack/layout.h"

namespace kraken {

namespace {

constexpr std::string_view kBegin = "# BEGIN kraken (kraken-firstboot keeps these lines; put your own outside)\n";
constexpr std::string_view kBeginStart = "# BEGIN kraken";
constexpr std::string_view kEnd = "# END kraken";

// What containers' networks bring; each would get an address of dhcpcd's else. Global options must come before the
// first `interface`, so this is a block of its own, at the top.
constexpr std::string_view kDenied = "denyinterfaces veth* cni* flannel* docker* br-*\n";

constexpr int kFirstMetric = 100;
constexpr int kMetricStep = 100;

// The lines outside of our blocks. A mark without its partner is taken out alone, as in hosts_file.cpp.
std::string others(std::string_view existing) {
  const auto lines = split(existing, '\n');
  const auto is_begin = [](const std::string& line) { return trim(line).starts_with(kBeginStart); };
  const auto is_end = [](const std::string& line) { return trim(line) == kEnd; };
  std::string text;
  for (auto line = lines.begin(); line != lines.end(); ++line) {
    if (is_begin(*line)) {
      const auto next = std::find_if(line + 1, lines.end(), [&](const auto& l) { return is_begin(l) || is_end(l); });
      if (next != lines.end() && is_end(*next)) line = next;
    } else if (!is_end(*line) && (line + 1 != lines.end() || !line->empty())) {
      text += *line + "\n";
    }
  }
  return text;
}

std::string block(std::string_view lines) {
  return std::string(kBegin) + std::string(lines) + std::string(kEnd) + "\n";
}

std::string interfaces(const Layout& layout) {
  std::string text;
  int metric = kFirstMetric;
  for (const Port& port : layout.ports()) {
    text += "interface " + port.name + "\nmetric " + std::to_string(metric) +
            "\nstatic ip_address=" + layout.address() + "\nstatic routers=" + format_ipv4(layout.wanted.gateway) + "\n";
    if (!layout.wanted.dns.empty()) text += "static domain_name_servers=" + listed(layout.wanted.dns, " ") + "\n";
    metric += kMetricStep;
  }
  return text;
}

// Both interfaces hear who asks for the address, and by default both answer: chance would decide which one is used.
// arp_filter (Linux, Documentation/networking/ip-sysctl.rst): only the one that the route back leads through answers.
// systemd-sysctl sets them whenever the interface appears; "-" since one of them may not be there.
std::string sysctls(const Layout& layout) {
  std::string text = "# Written by kraken-firstboot.\n";
  for (const Port& port : layout.ports()) text += "-net.ipv4.conf." + port.name + ".arp_filter = 1\n";
  return text;
}

}  // namespace

StackConfig render_dhcpcd(const Layout& layout, const Stack& stack) {
  const std::string path(kDhcpcdPath);
  const auto found = stack.existing.find(path);
  const std::string rest = found == stack.existing.end() ? "" : others(found->second);
  StackConfig config;
  // At the end, since an `interface` takes all lines up to the next one.
  config.files.push_back({path, block(kDenied) + rest + block(interfaces(layout)), mode_of_edited(stack, path)});
  if (layout.fallback) {
    config.files.push_back({std::string(kSysctlPath), sysctls(layout), FileMode::kPublic});
    config.commands.push_back({"sysctl", "-q", "-p", std::string(kSysctlPath)});
  }
  // Not "rebind", which would not see an interface's new name; nor try-restart, as it was stopped for that.
  config.commands.push_back({"systemctl", "restart", "dhcpcd.service"});
  config.interface = layout.primary.name;
  config.way = layout.fallback ? "one address on " + layout.primary.name + " and " + layout.fallback->name +
                                     " with route metrics, by dhcpcd: it fails over when the carrier is lost"
                               : layout.primary.name + " alone, by dhcpcd";
  return config;
}

}  // namespace kraken
