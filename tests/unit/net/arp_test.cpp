#include "net/arp.h"

#include <gtest/gtest.h>

#include "netlink_bytes.h"

namespace kraken {
namespace {

using namespace test;
using Operation = ArpPacket::Operation;

const MacAddress kMe = *parse_mac("b8:27:eb:12:34:56");
const MacAddress kMyOther = *parse_mac("00:e0:4c:68:00:01");
const MacAddress kSomebody = *parse_mac("52:54:00:00:00:01");
constexpr Ipv4 kMyAddress{0xc0a8030b};
constexpr Ipv4 kAsked{0xc0a80301};
constexpr Ipv4 kElse{0xc0a80363};

const Bytes kReply = raw({0, 1, 8, 0, 6, 4, 0, 2}) +                                      // Ethernet, IPv4, a reply
                     raw({0x52, 0x54, 0, 0, 0, 1}) + raw({192, 168, 3, 1}) +              // from
                     raw({0xb8, 0x27, 0xeb, 0x12, 0x34, 0x56}) + raw({192, 168, 3, 11});  // to

ArpPacket reply() {
  return {.operation = Operation::kReply,
          .sender_mac = kSomebody,
          .sender = kAsked,
          .target_mac = kMe,
          .target = kMyAddress};
}

ArpQuestion question() {
  return {.link = 2, .mac = kMe, .mine = {kMe, kMyOther}, .sender = kMyAddress, .address = kAsked};
}
ArpQuestion probe() {
  ArpQuestion asked = question();
  asked.sender = Ipv4{};
  return asked;
}

TEST(ArpPacket, IsReadAndWrittenAsOnTheWire) {
  EXPECT_EQ(parse_arp(kReply), reply());
  EXPECT_EQ(parse_arp(kReply + Bytes(18, std::byte{0xee})), reply());  // Ethernet's padding
  const auto written = format_arp(reply());
  EXPECT_EQ(Bytes(written.begin(), written.end()), kReply);
}

TEST(ArpPacket, IsNothingElse) {
  for_every_cut(kReply, [](const Bytes& cut) { EXPECT_FALSE(parse_arp(cut)) << cut.size(); });
  for (const std::size_t at : {0U, 1U, 2U, 3U, 4U, 5U, 6U}) {
    Bytes other = kReply;
    other[at] ^= std::byte{0x10};
    EXPECT_FALSE(parse_arp(other)) << at;
  }
  for (const unsigned operation : {0U, 3U, 8U}) {
    Bytes other = kReply;
    other[7] = static_cast<std::byte>(operation);
    EXPECT_FALSE(parse_arp(other)) << operation;
  }
}

TEST(ArpAnswer, ToAQuestionIsTheReplyToIt) {
  EXPECT_TRUE(is_answer(reply(), question()));
  ArpPacket packet = reply();
  packet.sender = kElse;
  EXPECT_FALSE(is_answer(packet, question()));
  packet = reply();
  packet.operation = Operation::kRequest;
  EXPECT_FALSE(is_answer(packet, question()));
  packet = reply();
  packet.target = packet.sender;  // an announcement
  EXPECT_FALSE(is_answer(packet, question()));
}

TEST(ArpAnswer, IsNeverFromOneself) {
  for (const MacAddress& mac : {kMe, kMyOther, MacAddress{}}) {
    ArpPacket packet = reply();
    packet.sender_mac = mac;
    EXPECT_FALSE(is_answer(packet, question()));
    EXPECT_FALSE(is_answer(packet, probe()));
  }
}

TEST(ArpAnswer, ToAProbeIsEveryPacketOfWhoUsesTheAddress) {
  ArpPacket packet = reply();
  for (const Operation operation : {Operation::kReply, Operation::kRequest}) {
    for (const Ipv4 target : {Ipv4{}, kAsked, kElse}) {
      packet.operation = operation;
      packet.target = target;
      EXPECT_TRUE(is_answer(packet, probe()));
    }
  }
  packet.sender = kElse;
  packet.target = kAsked;  // somebody who asks for it has not got it
  EXPECT_FALSE(is_answer(packet, probe()));
}

TEST(ArpAnswer, ToAProbeIsAnothersProbeForTheSameAddress) {
  ArpPacket packet{Operation::kRequest, kSomebody, Ipv4{}, MacAddress{}, kAsked};
  EXPECT_TRUE(is_answer(packet, probe()));
  EXPECT_FALSE(is_answer(packet, question()));
  packet.target = kElse;
  EXPECT_FALSE(is_answer(packet, probe()));
  packet.target = kAsked;
  packet.operation = Operation::kReply;
  EXPECT_FALSE(is_answer(packet, probe()));
  packet.operation = Operation::kRequest;
  packet.sender_mac = kMe;
  EXPECT_FALSE(is_answer(packet, probe()));
}

}  // namespace
}  // namespace kraken
