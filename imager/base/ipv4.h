// IPv4 addresses and subnets, as configuration and the node record write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kraken {

struct Ipv4 {
  std::uint32_t bits = 0;  // most significant byte first: 192.168.3.11 is 0xc0a8030b
  friend bool operator==(Ipv4, Ipv4) = default;
  friend auto operator<=>(Ipv4, Ipv4) = default;  // NOLINT(modernize-use-nullptr): what < is made of compares with 0
};

struct Ipv4Subnet {
  Ipv4 network;  // no host bits set
  int prefix = 0;

  bool contains(Ipv4 address) const { return ((address.bits ^ network.bits) & mask()) == 0; }
  bool overlaps(const Ipv4Subnet& other) const { return contains(other.network) || other.contains(network); }
  bool is_private() const;  // within one of the ranges of RFC 1918, section 3
  Ipv4 broadcast() const { return {network.bits | ~mask()}; }
  std::uint32_t mask() const { return prefix == 0 ? 0 : ~std::uint32_t{0} << (32 - prefix); }
  friend bool operator==(const Ipv4Subnet&, const Ipv4Subnet&) = default;
};

// Four decimal numbers and nothing else; no leading zeros (some programs read those as octal).
std::optional<Ipv4> parse_ipv4(std::string_view text);
// "192.168.3.0/24"; nothing when host bits are set or the prefix is over 32.
std::optional<Ipv4Subnet> parse_ipv4_subnet(std::string_view text);
std::string format_ipv4(Ipv4 address);
std::string format_ipv4_subnet(const Ipv4Subnet& subnet);

}  // namespace kraken
