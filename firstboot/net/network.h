// What the kernel knows of this node's network, and what can be asked of the wire. Behind an interface, so that tests
// can pretend a network; the Linux side speaks rtnetlink and raw ARP, and parses no other program's text.
//
// IPv4 only. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ipv4.h"
#include "base/result.h"
#include "net/mac_address.h"

namespace kraken {

struct Link {
  int index = 0;
  std::string name;
  std::optional<MacAddress> mac;            // what it uses now
  std::optional<MacAddress> permanent_mac;  // what the adapter was made with; nothing when it has none of its own
  std::string kind;                         // rtnetlink's: "bond", "veth", "bridge"; "" for hardware
  int master = 0;                           // index of the bond or bridge that it is a port of; 0: none
  bool up = false;                          // administratively (IFF_UP)
  bool carrier = false;                     // IFF_LOWER_UP
  std::uint32_t tx_queue_length = 0;
  std::string queueing;  // its root queueing discipline: "fq", "pfifo_fast", "noqueue"
};

struct LinkAddress {
  int link = 0;
  Ipv4 address;
  int prefix = 0;
};

struct Route {
  int link = 0;
  Ipv4Subnet destination;       // prefix 0: the default route
  std::optional<Ipv4> gateway;  // nothing: on the link. Routes by way of an IPv6 gateway are left out
  std::uint32_t metric = 0;     // 0 wins over all others
};

struct NetworkState {
  std::vector<Link> links;
  std::vector<LinkAddress> addresses;
  std::vector<Route> routes;  // unicast, of the main table; one for each next hop of a multipath route

  // Into `links`; null when there is none.
  const Link* find_link(std::string_view name) const;
  const Link* find_link(int index) const;
};

// Up to 15 printable ASCII characters without '/', ':' and '%', and neither "." nor "..": what the kernel takes as a
// link's name, and takes as it is.
bool is_link_name(std::string_view name);

class Network {
 public:
  virtual ~Network() = default;

  // Links, addresses and routes are asked for one after the other: an address may be of a link that came in between.
  virtual Result<NetworkState> state() const = 0;

  // Changes fail with kNotFound when there is no such link, and last until the next boot or replugging.
  virtual Status set_link_up(int link) = 0;
  virtual Status set_link_down(int link) = 0;
  // For links that are not hardware: a bond's ports stay, and are nobody's. kUnsupported for hardware.
  virtual Status delete_link(int link) = 0;
  // The link must be down. kAlreadyExists when another link has the name; kInvalidArgument for what is no name.
  virtual Status rename_link(int link, std::string_view name) = 0;
  virtual Status set_tx_queue_length(int link, std::uint32_t packets) = 0;
  // `discipline` with its defaults, on the root. kUnsupported when the kernel does not have it (as module either).
  virtual Status replace_root_queueing(int link, std::string_view discipline) = 0;
  // Energy-efficient Ethernet (IEEE 802.3az). Nothing when the driver has none to switch.
  virtual Result<std::optional<bool>> eee_enabled(int link) const = 0;
  // kUnsupported when the driver has none to switch.
  virtual Status set_eee(int link, bool enabled) = 0;

  // Who answers for `address` on this link: asked three times within `limit`, at even distances; the first answer
  // counts. `sender` is the own address, or 0.0.0.0 for a probe that leaves no trace in the neighbours' tables. To a
  // probe, everybody who uses the address answers, and so does who probes for it at the same time (RFC 5227, section
  // 2.1.1). This node's own links are never the answer. Nothing when nobody answered.
  // A link that is down or without carrier fails with kIo, one that is no Ethernet with kUnsupported.
  virtual Result<std::optional<MacAddress>> ask_arp(int link, Ipv4 sender, Ipv4 address,
                                                    std::chrono::milliseconds limit) = 0;
};

}  // namespace kraken
