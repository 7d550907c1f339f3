// What every stack's files are made from: the wanted network with checked, named interfaces, and how a bond watches its
// links. Pure; inside this module.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "net/mac_address.h"
#include "stack/files.h"
#include "stack/stack.h"

namespace kraken {

// An interface and what tells it from all others at every boot: its own address or, without one, the place that it is
// plugged in at. Exactly one of the two is there.
struct Port {
  std::string name;  // ours: one of kPortNames
  std::optional<MacAddress> mac;
  std::string path;  // udev's ID_PATH: letters, digits and "-._:" alone, so that no file needs to quote it
};

struct Layout {
  WantedNetwork wanted;
  Port primary;
  std::optional<Port> fallback;

  std::string address() const;  // "192.168.3.13/24"
  std::vector<Port> ports() const;
};

// kUnsupported as render_config().
Result<Layout> lay_out(const WantedNetwork& wanted);

// "192.168.3.1, 1.1.1.1" for a separator of ", ".
std::string listed(const std::vector<Ipv4>& addresses, std::string_view separator);

// ---- How the bond notices a dead link, Documentation/networking/bonding.rst, "arp_interval" and "arp_validate" ----
//
// miimon would believe the carrier, which some adapters and switches keep up on a dead link. arp_interval asks the
// targets, and takes a port for dead that has received nothing for two intervals.
//
// arp_validate=none: any received frame counts. With validation only answers of the targets would, and then a router
// that is switched off takes both ports down and the cluster apart, although the nodes reach each other; and a port
// that receives but cannot send would be taken up again and again (primary_reselect=always), since the validation of a
// backup port only looks at what arrives. The price is that such a half-dead port is not noticed. The probes are
// broadcasts, and so the nodes keep each other's ports up; the two peers among the targets do the same for a bond among
// nodes without one. When all are silent the bond has no active port, and tries each in turn until one hears anything.
inline constexpr int kArpIntervalMs = 1000;
inline constexpr std::size_t kArpPeers = 2;  // the driver takes 16 targets, and broadcasts to each at every interval
// A gratuitous ARP may get lost in a switch that is still learning.
inline constexpr int kGratuitousArps = 3;
// Before other default routes: NetworkManager's are 100 (Ethernet), 300 (bond) and 600 (Wi-Fi).
inline constexpr int kRouteMetric = 50;

std::vector<Ipv4> arp_targets(const WantedNetwork& wanted);

// ---- One file a stack; each fills everything but `farewells`, `obsolete` and `renames` ----
StackConfig render_networkmanager(const Layout& layout);
StackConfig render_networkd(const Layout& layout);
StackConfig render_dhcpcd(const Layout& layout, const Stack& stack);
StackConfig render_ifupdown(const Layout& layout, const Stack& stack);

}  // namespace kraken
