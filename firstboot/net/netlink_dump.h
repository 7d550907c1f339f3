// What the kernel tells of links, IPv4 addresses and IPv4 routes, one rtnetlink message's payload at a time. Pure.
//
// All fail with kCorrupt when the bytes break the format; attributes that nobody here needs are passed over.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "net/netlink_message.h"
#include "net/network.h"

namespace kraken {

// Of an RTM_NEWLINK.
Result<Link> parse_link(std::span<const std::byte> payload);

// Of an RTM_NEWADDR; nothing when it is no IPv4 address.
Result<std::optional<LinkAddress>> parse_address(std::span<const std::byte> payload);

// Of an RTM_NEWROUTE: none when it is no unicast route of the main table, one for each next hop otherwise.
Result<std::vector<Route>> parse_routes(std::span<const std::byte> payload);

}  // namespace kraken
