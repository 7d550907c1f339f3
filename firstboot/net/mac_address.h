// Ethernet addresses (EUI-48), as sysfs, udev and the network stacks write them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kraken {

struct MacAddress {
  std::array<std::uint8_t, 6> bytes = {};
  friend bool operator==(const MacAddress&, const MacAddress&) = default;
  friend auto operator<=>(const MacAddress&, const MacAddress&) = default;
};

// "b8:27:eb:12:34:56", in either case; nothing else, and not all zeros (which drivers show for "none").
std::optional<MacAddress> parse_mac(std::string_view text);
// In lower case.
std::string format_mac(const MacAddress& mac);

}  // namespace kraken
