// Changes of the running kernel's links, each looked at with iproute2.
#include <gtest/gtest.h>

#include <cerrno>

#include "net/linux_network.h"
#include "support/own_network.h"

namespace kraken {
namespace {

constexpr int kNoLink = 4711;

int index_of(const std::string& name) {
  const auto state = LinuxNetwork().state();
  const Link* link = state.ok() ? state->find_link(name) : nullptr;
  EXPECT_NE(link, nullptr) << name;
  return link == nullptr ? kNoLink : link->index;
}

bool told(const std::string& link, const std::string& words) {
  const std::string line = test::ip("-o link show dev " + link);
  return line.find(words) != std::string::npos;
}

void make_pair() {
  test::ip("link add usb0 type veth peer name far0");
}

TEST(LinuxNetworkChange, SetsLinksUpAndDown) {
  test::in_own_network([] {
    make_pair();
    LinuxNetwork network;
    test::ip("link set usb0 allmulticast on");  // is not to be lost
    ASSERT_FALSE(told("usb0", ",UP"));
    EXPECT_TRUE(network.set_link_up(index_of("usb0")).ok());
    EXPECT_TRUE(told("usb0", ",UP"));
    EXPECT_TRUE(told("usb0", "ALLMULTI"));
    EXPECT_TRUE(network.set_link_up(index_of("usb0")).ok());
    EXPECT_TRUE(network.set_link_down(index_of("usb0")).ok());
    EXPECT_FALSE(told("usb0", ",UP"));
    EXPECT_TRUE(told("usb0", "ALLMULTI"));
  });
}

TEST(LinuxNetworkChange, RenamesALinkThatIsDown) {
  test::in_own_network([] {
    make_pair();
    LinuxNetwork network;
    const int link = index_of("usb0");
    ASSERT_TRUE(network.rename_link(link, "kr-usb0").ok());
    EXPECT_EQ(index_of("kr-usb0"), link);
    EXPECT_EQ(network.rename_link(link, "far0").error().code(), ErrorCode::kAlreadyExists);
    EXPECT_TRUE(network.rename_link(link, "kr-usb0").ok());  // it has that name already
    ASSERT_TRUE(network.set_link_up(link).ok());
    EXPECT_EQ(network.rename_link(link, "usb1").error().sys_errno(), EBUSY);
    EXPECT_EQ(index_of("kr-usb0"), link);
  });
}

TEST(LinuxNetworkChange, TakesNoNameThatTheKernelWouldReadOtherwise) {
  test::in_own_network([] {
    make_pair();
    const int link = index_of("usb0");
    for (const char* name : {"", ".", "..", "a/b", "a b", "a:1", "usb%d", "a-name-of-16-chr", "a\n", "\xc3\xa9th0"}) {
      EXPECT_EQ(LinuxNetwork().rename_link(link, name).error().code(), ErrorCode::kInvalidArgument) << name;
    }
    EXPECT_TRUE(LinuxNetwork().rename_link(link, "name-of-15-char").ok());
    EXPECT_EQ(index_of("name-of-15-char"), link);
  });
}

TEST(LinuxNetworkChange, SetsTheQueuesLength) {
  test::in_own_network([] {
    make_pair();
    ASSERT_FALSE(told("usb0", "qlen 4000"));
    EXPECT_TRUE(LinuxNetwork().set_tx_queue_length(index_of("usb0"), 4000).ok());
    EXPECT_TRUE(told("usb0", "qlen 4000"));
  });
}

// Every kernel with queueing disciplines has pfifo; fq is a module that may be missing.
TEST(LinuxNetworkChange, ReplacesTheRootQueueing) {
  test::in_own_network([] {
    make_pair();
    LinuxNetwork network;
    const int link = index_of("usb0");
    ASSERT_TRUE(network.set_link_up(link).ok());
    for (int again = 0; again < 2; ++again) {
      const Status status = network.replace_root_queueing(link, "pfifo");
      ASSERT_TRUE(status.ok()) << status.error().what();
      EXPECT_TRUE(told("usb0", "qdisc pfifo "));
    }
    const Status fq = network.replace_root_queueing(link, "fq");
    EXPECT_TRUE(told("usb0", fq.ok() ? "qdisc fq " : "qdisc pfifo "));
    if (fq.ok()) return;
    EXPECT_EQ(fq.error().code(), ErrorCode::kUnsupported) << fq.error().what();
  });
}

TEST(LinuxNetworkChange, SaysWhenThereIsNoSuchDiscipline) {
  test::in_own_network([] {
    make_pair();
    const Status status = LinuxNetwork().replace_root_queueing(index_of("usb0"), "nonesuch");
    EXPECT_EQ(status.error().code(), ErrorCode::kUnsupported);
    EXPECT_NE(status.error().what().find("kind is unknown"), std::string::npos) << status.error().what();
  });
}

TEST(LinuxNetworkChange, KnowsADriverWithoutEee) {
  test::in_own_network([] {
    make_pair();
    LinuxNetwork network;
    const auto eee = network.eee_enabled(index_of("usb0"));
    ASSERT_TRUE(eee.ok()) << eee.error().what();
    EXPECT_FALSE(*eee);
    EXPECT_EQ(network.set_eee(index_of("usb0"), false).error().code(), ErrorCode::kUnsupported);
  });
}

TEST(LinuxNetworkChange, SaysWhenThereIsNoSuchLink) {
  test::in_own_network([] {
    LinuxNetwork network;
    for (const int link : {kNoLink, 0, -1}) {
      EXPECT_EQ(network.set_link_up(link).error().code(), ErrorCode::kNotFound) << link;
      EXPECT_EQ(network.set_link_down(link).error().code(), ErrorCode::kNotFound) << link;
      EXPECT_EQ(network.rename_link(link, "usb1").error().code(), ErrorCode::kNotFound) << link;
      EXPECT_EQ(network.set_tx_queue_length(link, 1).error().code(), ErrorCode::kNotFound) << link;
      EXPECT_EQ(network.replace_root_queueing(link, "pfifo").error().code(), ErrorCode::kNotFound) << link;
      EXPECT_EQ(network.eee_enabled(link).error().code(), ErrorCode::kNotFound) << link;
      EXPECT_EQ(network.set_eee(link, false).error().code(), ErrorCode::kNotFound) << link;
    }
  });
}

}  // namespace
}  // namespace kraken
