// What the kernel knows of this node's network, and what can be asked of the wire. Behind an interface, so that tests
// can pretend a network; the Linux side speaks rtnetlink and raw ARP, and parses no other program's text.
//
// IPv4 only. One thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/ipv4.h"
#include "base/result.h"
#include "net/mac_address.h"

namespace kraken {

struct Link {
  int index = 0;
  std::string name;
  std::optional<MacAddress> mac;            // what it uses now
  std::optional<MacAddress> permanent_mac;  // what the adapter was made with; nothing when the driver does not tell
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
  std::optional<Ipv4> gateway;  // nothing: on the link
  std::uint32_t metric = 0;     // 0 wins over all others
};

struct NetworkState {
  std::vector<Link> links;
  std::vector<LinkAddress> addresses;
  std::vector<Route> routes;  // of the main table

  const Link* find_link(std::string_view name) const;
  const Link* find_link(int index) const;
};

class Network {
 public:
  virtual ~Network() = default;

  virtual Result<NetworkState> state() const = 0;
  virtual Status set_link_up(int link) = 0;
  // The link must be down. kAlreadyExists when another link has the name.
  virtual Status rename_link(int link, std::string_view name) = 0;
  // Who answers for `address` on this link: asked three times within `limit`, at even distances. `sender` is the own
  // address, or 0.0.0.0 for a probe that leaves no trace in the neighbours' tables (RFC 5227, section 2.1.1). Nothing
  // when nobody answered. A link without carrier fails with kIo.
  virtual Result<std::optional<MacAddress>> ask_arp(int link, Ipv4 sender, Ipv4 address,
                                                    std::chrono::milliseconds limit) = 0;
};

}  // namespace kraken
