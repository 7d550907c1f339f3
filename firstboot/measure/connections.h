// Who is connected to a port of this node, from /proc/net/tcp.
#pragma once

#include <cstdint>
#include <string_view>

namespace kraken {

// Whether `table` (proc(5), IPv4 alone) has a connection of this local port that its peer has not closed. Lines that
// are not understood are left out.
bool has_connection(std::string_view table, std::uint16_t port);

}  // namespace kraken
