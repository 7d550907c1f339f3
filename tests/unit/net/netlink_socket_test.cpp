// Against a socket pair on which answers lie ready, and against the kernel. The first request has sequence number 1.
#include "net/netlink_socket.h"

#include <gtest/gtest.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "netlink_bytes.h"
#include "support/own_network.h"

namespace kraken {
namespace {

using test::message;

const NetlinkRequest kRequest(RTM_GETLINK, NLM_F_DUMP);

class ScriptedNetlink : public testing::Test {
 protected:
  ScriptedNetlink() {
    std::array<int, 2> ends = {};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_DGRAM, 0, ends.data()), 0);
    socket_.emplace(UniqueFd(ends[0]));
    kernel_.reset(ends[1]);
  }
  void answer(const test::Bytes& datagram) const {
    EXPECT_EQ(::send(kernel_.get(), datagram.data(), datagram.size(), 0), static_cast<ssize_t>(datagram.size()));
  }
  void answer_list(std::uint32_t sequence, unsigned messages, unsigned flags) const {
    for (unsigned i = 0; i < messages; ++i) answer(message(RTM_NEWLINK, NLM_F_MULTI | flags, sequence, test::u32(i)));
    answer(message(NLMSG_DONE, NLM_F_MULTI, sequence, test::u32(0)));
  }
  // What the list came to, or the error.
  Result<std::vector<std::uint32_t>> list() {
    std::vector<std::uint32_t> heard;
    const auto take = [&](const NetlinkMessage& one) {
      heard.push_back(one.type == RTM_NEWLINK ? *read_native<std::uint32_t>(one.payload, 0) : 99);
      return ok_status();
    };
    KRAKEN_TRY(socket_->list(
        kRequest, [&] { heard.clear(); }, take));
    return heard;
  }

  std::optional<NetlinkSocket> socket_;
  UniqueFd kernel_;
};

TEST_F(ScriptedNetlink, HearsAListOfManyDatagramsToItsEnd) {
  answer_list(1, 3, 0);
  EXPECT_EQ(*list(), (std::vector<std::uint32_t>{0, 1, 2}));
  std::array<std::byte, 64> asked = {};
  EXPECT_EQ(::recv(kernel_.get(), asked.data(), asked.size(), 0), 16);
}

TEST_F(ScriptedNetlink, AsksAgainWhenTheListChangedMeanwhile) {
  answer_list(1, 2, NLM_F_DUMP_INTR);
  answer_list(2, 2, NLM_F_DUMP_INTR);
  answer_list(3, 1, 0);
  EXPECT_EQ(*list(), (std::vector<std::uint32_t>{0}));
}

TEST_F(ScriptedNetlink, GivesUpWhenTheListAlwaysChanges) {
  for (std::uint32_t sequence = 1; sequence <= 10; ++sequence) {
    answer(message(NLMSG_DONE, NLM_F_MULTI | NLM_F_DUMP_INTR, sequence, test::u32(0)));
  }
  const auto listed = list();
  EXPECT_EQ(listed.error().code(), ErrorCode::kIo);
  EXPECT_NE(listed.error().what().find("changing"), std::string::npos);
}

TEST_F(ScriptedNetlink, PassesOverTheRestOfAnAnswerThatItGaveUpOn) {
  answer(test::raw({1, 2, 3}));
  EXPECT_EQ(list().error().code(), ErrorCode::kCorrupt);
  answer_list(1, 2, 0);
  answer_list(2, 1, 0);
  EXPECT_EQ(*list(), (std::vector<std::uint32_t>{0}));
}

TEST_F(ScriptedNetlink, RefusesMoreThanTheKernelMaySay) {
  constexpr int plenty = 1 << 20;
  ASSERT_EQ(::setsockopt(kernel_.get(), SOL_SOCKET, SO_SNDBUF, &plenty, sizeof plenty), 0);
  answer(message(RTM_NEWLINK, NLM_F_MULTI, 1, test::Bytes(65536, std::byte{0})));
  EXPECT_EQ(list().error().sys_errno(), EMSGSIZE);
}

TEST_F(ScriptedNetlink, FailsWhenTheOtherEndIsGone) {
  kernel_.reset();
  EXPECT_EQ(list().error().code(), ErrorCode::kIo);
}

// The first netlink socket of a process has the process's number, so anybody could guess whom to answer.
TEST(NetlinkSocket, IsNotSpokenToByOtherProcesses) {
  test::in_own_network([] {
    auto socket = NetlinkSocket::open();
    ASSERT_TRUE(socket.ok());
    int heard = 0;
    const auto count = [&](const NetlinkMessage&) { return (++heard, ok_status()); };
    const auto links = NetlinkRequest(RTM_GETLINK, NLM_F_DUMP).header(ifinfomsg{});
    ASSERT_TRUE(socket->ask(links, count).ok());
    ASSERT_EQ(heard, 1);

    const UniqueFd forger(::socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE));
    sockaddr_nl victim = {};
    victim.nl_family = AF_NETLINK;
    victim.nl_pid = static_cast<unsigned>(::getpid());
    const auto forged = NetlinkRequest(NLMSG_ERROR, 0).header(-EPERM).header(nlmsghdr{}).bytes(2);
    const auto* address = reinterpret_cast<const sockaddr*>(&victim);
    static_cast<void>(::sendto(forger.get(), forged.data(), forged.size(), 0, address, sizeof victim));
    const auto asked = socket->ask(links, count);
    EXPECT_TRUE(asked.ok()) << asked.error().what();
    EXPECT_EQ(heard, 2);
  });
}

}  // namespace
}  // namespace kraken
