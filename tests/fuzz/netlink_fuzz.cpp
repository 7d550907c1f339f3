// Any bytes as a datagram of rtnetlink's, in answer to the request whose number its first message has: what is read out
// of it must be what links, addresses and routes can be. The same bytes as an ARP packet must come back as they were.
#include <linux/rtnetlink.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "net/arp.h"
#include "net/netlink_dump.h"

namespace {

using namespace kraken;

void require(bool holds) {
  if (!holds) std::abort();
}

void check_link(std::span<const std::byte> payload) {
  const auto link = parse_link(payload);
  if (!link.ok()) return;
  require(link->index > 0 && !link->name.empty() && link->name.size() < 16);
  require(link->name.find('\0') == std::string::npos);
  require(link->mac != MacAddress{} && link->permanent_mac != MacAddress{});
}

void check_address(std::span<const std::byte> payload) {
  const auto address = parse_address(payload);
  if (address.ok() && *address) require((*address)->prefix >= 0 && (*address)->prefix <= 32);
}

void check_routes(std::span<const std::byte> payload) {
  const auto routes = parse_routes(payload);
  if (!routes.ok()) return;
  for (const Route& route : *routes) {
    require(route.link > 0 && route.destination.prefix >= 0 && route.destination.prefix <= 32);
    require(parse_ipv4_subnet(format_ipv4_subnet(route.destination)) == route.destination);
  }
}

void check_netlink(std::span<const std::byte> datagram) {
  const std::uint32_t sequence = read_native<std::uint32_t>(datagram, 8).value_or(0);
  const auto part = read_answer(datagram, sequence, [](const NetlinkMessage& message) {
    require(message.type != NLMSG_DONE && message.type != NLMSG_ERROR);
    // Each as all three: the kernel's word for which it is may be as wrong as the rest.
    check_link(message.payload);
    check_address(message.payload);
    check_routes(message.payload);
    return ok_status();
  });
  if (!part.ok()) require(!part.error().what().empty());
}

void check_arp(std::span<const std::byte> bytes) {
  const auto packet = parse_arp(bytes);
  if (!packet) return;
  const auto again = format_arp(*packet);
  require(std::equal(again.begin(), again.end(), bytes.begin()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  check_netlink(bytes);
  check_arp(bytes);
  return 0;
}
