#include "stack/layout.h"

#include <algorithm>

#include "base/text.h"

namespace kraken {

namespace {

// IFNAMSIZ of linux/if.h, without the end; ID_PATH has no bound of its own.
constexpr std::size_t kLongestName = 15;
constexpr std::size_t kLongestPath = 200;
// Blanks, quotes, globs, line ends and the like would be read as something else by one file format or another, so they
// are refused for all.
constexpr std::string_view kNameMarks = "-._";
constexpr std::string_view kPathMarks = "-._:";

Error unusable(std::string what) {
  return Error(ErrorCode::kUnsupported, std::move(what));
}

std::string port_name(const Nic& nic, std::string_view number) {
  return std::string(nic.onboard ? "kr-lan" : nic.usb ? "kr-usb" : "kr-eth") + std::string(number);
}

Result<Port> port_of(const Nic& nic, std::string name) {
  if (!is_plain_word(nic.name, kNameMarks, kLongestName)) {
    return unusable("an interface has a name with strange characters: nothing is written for it");
  }
  Port port{std::move(name), std::nullopt, ""};
  if (nic.permanent_mac && !nic.mac_is_random) {
    port.mac = nic.permanent_mac;
  } else if (is_plain_word(nic.path, kPathMarks, kLongestPath)) {
    port.path = nic.path;
  } else if (nic.path.empty()) {
    return unusable(nic.name +
                    " has neither an address of its own nor a known place: it could not be told from others "
                    "after the next boot");
  } else {
    return unusable("the place of " + nic.name + " is described with strange characters: nothing is written for it");
  }
  return port;
}

}  // namespace

std::string Layout::address() const {
  return format_ipv4(wanted.address) + "/" + std::to_string(wanted.prefix);
}

std::vector<Port> Layout::ports() const {
  std::vector<Port> ports = {primary};
  if (fallback) ports.push_back(*fallback);
  return ports;
}

Result<Layout> lay_out(const WantedNetwork& wanted) {
  Layout layout;
  layout.wanted = wanted;
  KRAKEN_ASSIGN(layout.primary, port_of(wanted.primary, port_name(wanted.primary, "0")));
  if (wanted.fallback) {
    std::string name = port_name(*wanted.fallback, "0");
    if (name == layout.primary.name) name = port_name(*wanted.fallback, "1");
    KRAKEN_ASSIGN(layout.fallback, port_of(*wanted.fallback, std::move(name)));
    const bool same_mac = layout.primary.mac && layout.primary.mac == layout.fallback->mac;
    if (same_mac || (!layout.primary.path.empty() && layout.primary.path == layout.fallback->path)) {
      return unusable(wanted.primary.name + " and " + wanted.fallback->name + " cannot be told apart");
    }
  }
  return layout;
}

std::string listed(const std::vector<Ipv4>& addresses, std::string_view separator) {
  std::string text;
  for (const Ipv4 address : addresses) text += (text.empty() ? "" : std::string(separator)) + format_ipv4(address);
  return text;
}

std::vector<Ipv4> arp_targets(const WantedNetwork& wanted) {
  std::vector<Ipv4> targets = {wanted.gateway};
  for (const Ipv4 peer : wanted.peers) {
    if (targets.size() > kArpPeers) break;
    if (peer != wanted.address && std::ranges::find(targets, peer) == targets.end()) targets.push_back(peer);
  }
  return targets;
}

}  // namespace kraken
