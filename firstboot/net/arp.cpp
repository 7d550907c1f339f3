#include "net/arp.h"

#include <algorithm>
#include <cstring>

namespace kraken {

namespace {

// RFC 826; hardware 1 is Ethernet, protocol 0x0800 IPv4, then the lengths of their addresses.
constexpr std::array<std::uint8_t, 6> kEthernetIpv4 = {0, 1, 0x08, 0x00, 6, 4};
constexpr std::size_t kOperation = 6;
constexpr std::size_t kSenderMac = 8;
constexpr std::size_t kSender = 14;
constexpr std::size_t kTargetMac = 18;
constexpr std::size_t kTarget = 24;

MacAddress mac_at(std::span<const std::byte> bytes, std::size_t offset) {
  MacAddress mac;
  std::memcpy(mac.bytes.data(), bytes.subspan(offset, mac.bytes.size()).data(), mac.bytes.size());
  return mac;
}

// Most significant byte first, as everything in a packet.
std::uint32_t number_at(std::span<const std::byte> bytes, std::size_t offset, std::size_t size) {
  std::uint32_t number = 0;
  for (const std::byte byte : bytes.subspan(offset, size)) number = number << 8 | std::to_integer<std::uint32_t>(byte);
  return number;
}

void put_number(std::span<std::byte> bytes, std::uint32_t number) {
  for (std::size_t i = bytes.size(); i > 0; --i) {
    bytes[i - 1] = static_cast<std::byte>(number & 0xff);
    number >>= 8;
  }
}

}  // namespace

std::optional<ArpPacket> parse_arp(std::span<const std::byte> bytes) {
  if (bytes.size() < ArpPacket::kSize) return std::nullopt;
  if (std::memcmp(bytes.data(), kEthernetIpv4.data(), kEthernetIpv4.size()) != 0) return std::nullopt;
  const auto operation = static_cast<ArpPacket::Operation>(number_at(bytes, kOperation, 2));
  if (operation != ArpPacket::Operation::kRequest && operation != ArpPacket::Operation::kReply) return std::nullopt;
  return ArpPacket{.operation = operation,
                   .sender_mac = mac_at(bytes, kSenderMac),
                   .sender = {number_at(bytes, kSender, 4)},
                   .target_mac = mac_at(bytes, kTargetMac),
                   .target = {number_at(bytes, kTarget, 4)}};
}

std::array<std::byte, ArpPacket::kSize> format_arp(const ArpPacket& packet) {
  std::array<std::byte, ArpPacket::kSize> bytes = {};
  const std::span<std::byte> all(bytes);
  std::memcpy(bytes.data(), kEthernetIpv4.data(), kEthernetIpv4.size());
  put_number(all.subspan(kOperation, 2), static_cast<std::uint16_t>(packet.operation));
  std::memcpy(all.subspan(kSenderMac).data(), packet.sender_mac.bytes.data(), packet.sender_mac.bytes.size());
  put_number(all.subspan(kSender, 4), packet.sender.bits);
  std::memcpy(all.subspan(kTargetMac).data(), packet.target_mac.bytes.data(), packet.target_mac.bytes.size());
  put_number(all.subspan(kTarget, 4), packet.target.bits);
  return bytes;
}

bool is_answer(const ArpPacket& packet, const ArpQuestion& question) {
  using Operation = ArpPacket::Operation;
  if (packet.sender_mac == MacAddress{}) return false;
  // A switch with a loop, or a bond's other port, brings back what was sent.
  if (std::find(question.mine.begin(), question.mine.end(), packet.sender_mac) != question.mine.end()) return false;
  const bool uses_it = packet.sender == question.address;
  // Announcements prove that the wire brings something here; a reply proves that it takes something there, too.
  if (question.sender != Ipv4{}) {
    return uses_it && packet.operation == Operation::kReply && packet.target == question.sender;
  }
  const bool wants_it =
      packet.operation == Operation::kRequest && packet.sender == Ipv4{} && packet.target == question.address;
  return uses_it || wants_it;
}

}  // namespace kraken
