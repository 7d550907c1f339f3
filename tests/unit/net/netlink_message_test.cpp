#include "net/netlink_message.h"

#include <gtest/gtest.h>
#include <linux/netlink.h>

#include <cerrno>
#include <limits>

#include "netlink_bytes.h"

namespace kraken {
namespace {

using namespace test;

constexpr std::uint32_t kSequence = 7;

struct Heard {
  Result<AnswerPart> part;
  std::vector<std::uint16_t> types;
};

Heard hear(const Bytes& datagram) {
  std::vector<std::uint16_t> types;
  auto part = read_answer(datagram, kSequence, [&](const NetlinkMessage& message) {
    types.push_back(message.type);
    return ok_status();
  });
  return {std::move(part), types};
}

Bytes error_of(std::int32_t negated, unsigned flags = 0, const Bytes& attributes = {}) {
  const Bytes request(16, std::byte{0});
  return message(NLMSG_ERROR, flags, kSequence, number(negated) + request + attributes);
}

TEST(NetlinkMessage, TellsMessagesOfADatagramApart) {
  const Bytes datagram = message(16, NLM_F_MULTI, 1, text("abcde")) + message(17, 0, 2, {});
  const auto messages = split_netlink(datagram);
  ASSERT_TRUE(messages.ok());
  ASSERT_EQ(messages->size(), 2U);
  EXPECT_EQ((*messages)[0].type, 16);
  EXPECT_EQ((*messages)[0].flags, NLM_F_MULTI);
  EXPECT_EQ(as_text((*messages)[0].payload), "abcde");  // without its padding
  EXPECT_EQ((*messages)[1].type, 17);
  EXPECT_EQ((*messages)[1].sequence, 2U);
  EXPECT_TRUE((*messages)[1].payload.empty());
  EXPECT_TRUE(split_netlink({})->empty());
}

TEST(NetlinkMessage, TakesALastMessageWithoutPadding) {
  Bytes datagram = message(16, 0, 1, text("abcde"));
  datagram.resize(16 + 5);
  const auto messages = split_netlink(datagram);
  ASSERT_TRUE(messages.ok());
  EXPECT_EQ(as_text((*messages)[0].payload), "abcde");
}

TEST(NetlinkMessage, RefusesLengthsThatLeadOutOfTheDatagram) {
  for (const std::uint32_t length : {0U, 1U, 15U, 21U, 24U, 0x7fffffffU, 0xfffffffcU, 0xffffffffU}) {
    const Bytes datagram = u32(length) + u16(16) + u16(0) + u32(1) + u32(0) + text("abcd");
    EXPECT_EQ(split_netlink(datagram).error().code(), ErrorCode::kCorrupt) << length;
  }
  for_every_cut(message(16, 0, 1, text("abcd")), [](const Bytes& cut) {
    if (cut.empty()) return;
    EXPECT_EQ(split_netlink(cut).error().code(), ErrorCode::kCorrupt) << cut.size();
  });
}

TEST(NetlinkAttributes, AreFoundByTypeWithoutItsFlags) {
  const Bytes bytes = attribute(3, text(std::string_view("eth0\0", 5))) + attribute(5 | NLA_F_NESTED, text("xyz")) +
                      attribute(9, u32(1000)) + attribute(10, raw({192, 168, 3, 11}));
  const auto attributes = NetlinkAttributes::parse(bytes);
  ASSERT_TRUE(attributes.ok());
  EXPECT_EQ(attributes->all().size(), 4U);
  EXPECT_EQ(attributes->text(3), "eth0");
  EXPECT_EQ(attributes->text(5), "xyz");
  EXPECT_EQ(attributes->text(4), "");
  EXPECT_EQ(attributes->u32(9), 1000U);
  EXPECT_EQ(attributes->ipv4(10), Ipv4{0xc0a8030b});
}

TEST(NetlinkAttributes, OfTheWrongSizeAreNoNumbers) {
  const Bytes bytes = attribute(1, raw({1, 2, 3})) + attribute(2, raw({1, 2, 3, 4, 5}));
  const auto attributes = NetlinkAttributes::parse(bytes);
  for (const std::uint16_t type : {std::uint16_t{1}, std::uint16_t{2}}) {
    EXPECT_FALSE(attributes->u32(type));
    EXPECT_FALSE(attributes->ipv4(type));
  }
}

TEST(NetlinkAttributes, OfOneTypeTheLastCounts) {
  const Bytes bytes = attribute(1, u32(1)) + attribute(1, u32(2));
  EXPECT_EQ(NetlinkAttributes::parse(bytes)->u32(1), 2U);
}

TEST(NetlinkAttributes, RefuseLengthsThatLeadOut) {
  for (const unsigned length : {0U, 3U, 9U, 0xffffU}) {
    const Bytes bytes = u16(length) + u16(1) + u32(5);
    EXPECT_EQ(NetlinkAttributes::parse(bytes).error().code(), ErrorCode::kCorrupt) << length;
  }
  EXPECT_TRUE(NetlinkAttributes::parse(raw({1, 2, 3})).ok());  // padding
}

TEST(NetlinkAnswer, GoesOnUntilTheEndAndNotBeyond) {
  const Bytes first = message(16, NLM_F_MULTI, kSequence, {}) + message(16, NLM_F_MULTI, kSequence, {});
  EXPECT_FALSE(hear(first).part->done);
  EXPECT_EQ(hear(first).types.size(), 2U);
  const Bytes last = first + message(NLMSG_DONE, NLM_F_MULTI, kSequence, u32(0)) + message(99, 0, kSequence, {});
  EXPECT_TRUE(hear(last).part->done);
  EXPECT_EQ(hear(last).types.size(), 2U);
}

TEST(NetlinkAnswer, PassesOverOtherRequestsAndNoOperation) {
  const Bytes datagram = message(16, NLM_F_DUMP_INTR, kSequence - 1, {}) + message(NLMSG_DONE, 0, 3, u32(0)) +
                         message(NLMSG_NOOP, 0, kSequence, {});
  const Heard heard = hear(datagram);
  EXPECT_FALSE(heard.part->done);
  EXPECT_FALSE(heard.part->interrupted);
  EXPECT_TRUE(heard.types.empty());
}

TEST(NetlinkAnswer, SaysWhenTheListChangedMeanwhile) {
  EXPECT_TRUE(hear(message(16, NLM_F_MULTI | NLM_F_DUMP_INTR, kSequence, {})).part->interrupted);
  EXPECT_TRUE(hear(message(NLMSG_DONE, NLM_F_MULTI | NLM_F_DUMP_INTR, kSequence, u32(0))).part->interrupted);
}

TEST(NetlinkAnswer, IsAnErrorOfTheKernelOrItsAbsence) {
  EXPECT_TRUE(hear(error_of(0)).part->done);
  EXPECT_EQ(hear(error_of(-EEXIST)).part.error().code(), ErrorCode::kAlreadyExists);
  EXPECT_EQ(hear(error_of(-EPERM)).part.error().sys_errno(), EPERM);
  EXPECT_EQ(hear(error_of(-ENODEV)).part.error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(hear(message(NLMSG_DONE, 0, kSequence, number(std::int32_t{-ENOMEM}))).part.error().sys_errno(), ENOMEM);
}

TEST(NetlinkAnswer, CarriesTheKernelsExplanation) {
  const Bytes why = attribute(NLMSGERR_ATTR_MSG, text(std::string_view("Kind is unknown\0", 16)));
  EXPECT_EQ(hear(error_of(-ENOENT, NLM_F_ACK_TLVS | NLM_F_CAPPED, why)).part.error().what(),
            "netlink: Kind is unknown: No such file or directory");
  // A broken one does not hide the error.
  EXPECT_EQ(hear(error_of(-ENOENT, NLM_F_ACK_TLVS, u16(99) + u16(1))).part.error().sys_errno(), ENOENT);
  EXPECT_EQ(hear(error_of(-ENOENT, 0, why)).part.error().what(), "netlink: No such file or directory");
  EXPECT_EQ(
      hear(message(NLMSG_ERROR, NLM_F_ACK_TLVS, kSequence, number(std::int32_t{-EPERM}))).part.error().sys_errno(),
      EPERM);
}

TEST(NetlinkAnswer, RefusesAnEndThatSaysNothing) {
  for (const unsigned type : {NLMSG_ERROR, NLMSG_DONE}) {
    EXPECT_EQ(hear(message(type, 0, kSequence, {})).part.error().code(), ErrorCode::kCorrupt);
    EXPECT_EQ(hear(message(type, 0, kSequence, u16(0))).part.error().code(), ErrorCode::kCorrupt);
    for (const std::int32_t no_errno : {1, std::numeric_limits<std::int32_t>::min()}) {
      EXPECT_EQ(hear(message(type, 0, kSequence, number(no_errno))).part.error().code(), ErrorCode::kCorrupt);
    }
  }
  EXPECT_EQ(hear(message(NLMSG_OVERRUN, 0, kSequence, {})).part.error().code(), ErrorCode::kCorrupt);
}

TEST(NetlinkAnswer, StopsAtWhatItsTakerRefuses) {
  int taken = 0;
  const Bytes datagram = message(16, 0, kSequence, {}) + message(16, 0, kSequence, {});
  const auto part = read_answer(datagram, kSequence, [&](const NetlinkMessage&) -> Status {
    ++taken;
    return Error(ErrorCode::kCorrupt, "no");
  });
  EXPECT_EQ(part.error().what(), "no");
  EXPECT_EQ(taken, 1);
}

TEST(NetlinkRequest, IsWhatTheKernelReads) {
  const auto request = NetlinkRequest(19, NLM_F_ACK).header(std::uint64_t{1}).attribute(13, 1000U).attribute(3, "usb0");
  const Bytes payload =
      number(std::uint64_t{1}) + attribute(13, u32(1000)) + attribute(3, text(std::string_view("usb0\0", 5)));
  EXPECT_EQ(request.bytes(kSequence), message(19, NLM_F_REQUEST | NLM_F_ACK, kSequence, payload));
}

}  // namespace
}  // namespace kraken
