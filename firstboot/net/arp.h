// ARP over Ethernet for IPv4 (RFC 826): the packet as bytes, what counts as an answer to a question, and asking.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/ipv4.h"
#include "base/result.h"
#include "net/mac_address.h"

namespace kraken {

struct ArpPacket {
  enum class Operation : std::uint16_t { kRequest = 1, kReply = 2 };
  static constexpr std::size_t kSize = 28;

  Operation operation = Operation::kRequest;
  MacAddress sender_mac;
  Ipv4 sender;
  MacAddress target_mac;
  Ipv4 target;
  friend bool operator==(const ArpPacket&, const ArpPacket&) = default;
};

// Nothing when it is too short, for another protocol or medium, or neither request nor reply. Ethernet pads: what comes
// after the packet does not count.
std::optional<ArpPacket> parse_arp(std::span<const std::byte> bytes);
std::array<std::byte, ArpPacket::kSize> format_arp(const ArpPacket& packet);

struct ArpQuestion {
  int link = 0;
  MacAddress mac;                // the link's
  std::vector<MacAddress> mine;  // of all this node's links: never an answer
  Ipv4 sender;                   // 0.0.0.0: a probe
  Ipv4 address;
};

// To a question: the reply to it. To a probe: every packet of somebody who uses the address, and every probe of
// somebody else for the same one (RFC 5227, section 2.1.1).
bool is_answer(const ArpPacket& packet, const ArpQuestion& question);

// As Network::ask_arp(), of a link that is known to be Ethernet and to have carrier.
Result<std::optional<MacAddress>> ask_over_ethernet(const ArpQuestion& question, std::chrono::milliseconds limit);

}  // namespace kraken
