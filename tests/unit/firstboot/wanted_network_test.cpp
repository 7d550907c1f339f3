// Which interfaces are to have the address, when what was settled before and what is there today are not the same.
#include "facts/wanted_network.h"

#include <gtest/gtest.h>

#include "support/node_records.h"
#include "support/wanted_network.h"

namespace kraken {
namespace {

using test::onboard_nic;
using test::stack_of;
using test::usb_adapter;

Nic with_carrier(Nic nic, std::optional<bool> carrier) {
  nic.carrier = carrier;
  return nic;
}

// "kr-usb0" and the like, of the primary and the fallback: "usb+lan", "lan", "none"; in capitals what is away.
std::string name_of(const Nic& nic) {
  if (nic.name == "absent") return nic.onboard ? "LAN" : "USB";
  return nic.onboard ? "lan" : "usb";
}

class WantedNetworkTest : public ::testing::Test {
 protected:
  std::string wanted(const std::vector<Nic>& nics, const std::optional<SettledNetwork>& settled) const {
    const auto network = kraken::wanted_network(record_, stack_, nics, choose_nics(nics, record_.nic), settled);
    if (!network) return "none";
    return name_of(network->primary) + (network->fallback ? "+" + name_of(*network->fallback) : "");
  }

  NodeRecord record_ = test::sample_record();
  Stack stack_ = stack_of(StackKind::kNetworkManager);
  const Nic usb_ = with_carrier(usb_adapter(), true);
  const Nic lan_ = with_carrier(onboard_nic(), true);
  const Nic usb_without_link_ = with_carrier(usb_adapter(), false);
  const Nic lan_without_link_ = with_carrier(onboard_nic(), false);
  const SettledNetwork both_{identity_of(usb_), identity_of(lan_)};
  const SettledNetwork other_way_{identity_of(lan_), identity_of(usb_)};
  const SettledNetwork usb_alone_{identity_of(usb_), {}};
  const SettledNetwork lan_alone_{identity_of(lan_), {}};
};

TEST_F(WantedNetworkTest, FailoverStaysAsItWasSettled) {
  for (const Stack& stack : {stack_of(StackKind::kNetworkManager), stack_of(StackKind::kDhcpcd, false)}) {
    stack_ = stack;
    EXPECT_EQ(wanted({lan_, usb_}, {}), "usb+lan");
    EXPECT_EQ(wanted({lan_, usb_}, both_), "usb+lan");
    EXPECT_EQ(wanted({lan_}, both_), "USB+lan");
    EXPECT_EQ(wanted({usb_}, both_), "usb+LAN");
    EXPECT_EQ(wanted({lan_, usb_without_link_}, both_), "usb+lan");
    EXPECT_EQ(wanted({}, both_), "none");
    EXPECT_EQ(wanted({lan_}, lan_alone_), "lan");
    EXPECT_EQ(wanted({lan_, usb_}, lan_alone_), "usb+lan");
  }
}

// Where the onboard interface would do as well, too.
TEST_F(WantedNetworkTest, AnAdapterThatIsAwayUndoesNoBond) {
  for (const char* primary : {"usb-gigabit", "auto"}) {
    record_.nic.primary = primary;
    EXPECT_EQ(wanted({lan_}, both_), "USB+lan") << primary;
    EXPECT_EQ(wanted({lan_, usb_}, both_), "usb+lan") << primary;
  }
  record_.nic.primary = "auto";
  Nic other = usb_;
  other.permanent_mac = parse_mac("00:e0:4c:68:00:02");
  EXPECT_EQ(wanted({lan_, other}, both_), wanted({lan_, other}, {})) << "another adapter took its place";
  record_.nic.primary = "onboard";
  EXPECT_EQ(wanted({lan_, usb_}, both_), wanted({lan_, usb_}, {})) << "the profile is another one";
}

TEST_F(WantedNetworkTest, WithoutFailoverTheOneThatCanHasIt) {
  stack_ = stack_of(StackKind::kIfupdown, false);
  EXPECT_EQ(wanted({lan_, usb_}, both_), "usb+lan");
  EXPECT_EQ(wanted({lan_}, both_), "lan");
  EXPECT_EQ(wanted({usb_}, both_), "usb+LAN") << "who does not have the address may be away";
  EXPECT_EQ(wanted({lan_, usb_}, lan_alone_), "usb+lan");
  EXPECT_EQ(wanted({lan_, usb_without_link_}, both_), "lan+usb");
  EXPECT_EQ(wanted({lan_, usb_without_link_}, other_way_), "lan+usb");
  EXPECT_EQ(wanted({lan_, usb_without_link_}, {}), "lan+usb");
  EXPECT_EQ(wanted({lan_without_link_, usb_without_link_}, other_way_), "lan+usb") << "there is nothing to gain";
  EXPECT_EQ(wanted({lan_, usb_}, other_way_), "usb+lan");
  EXPECT_EQ(wanted({}, both_), "none");
}

TEST_F(WantedNetworkTest, InModeSingleTheAddressFollowsTheLink) {
  record_.nic.mode = "single";
  EXPECT_EQ(wanted({lan_, usb_}, usb_alone_), "usb");
  EXPECT_EQ(wanted({lan_, usb_without_link_}, usb_alone_), "lan");
  EXPECT_EQ(wanted({with_carrier(lan_, {}), usb_without_link_}, usb_alone_), "lan") << "it may have one";
  EXPECT_EQ(wanted({lan_, with_carrier(usb_, {})}, usb_alone_), "usb");
  EXPECT_EQ(wanted({lan_without_link_, usb_without_link_}, usb_alone_), "usb");
  EXPECT_EQ(wanted({lan_, usb_without_link_}, lan_alone_), "lan");
  EXPECT_EQ(wanted({lan_, usb_}, lan_alone_), "usb");
  record_.nic.fallback = "none";
  EXPECT_EQ(wanted({lan_, usb_without_link_}, usb_alone_), "usb") << "the profile allows no other";
}

TEST_F(WantedNetworkTest, AnotherAdapterTakesThePlaceOfOneWithoutALink) {
  record_.nic.mode = "single";
  Nic other = usb_;
  other.name = "eth2";
  other.permanent_mac = parse_mac("00:e0:4c:68:00:2b");
  other.path += ".other";
  const auto primary = [&](const Nic& first) {
    const std::vector<Nic> nics = {first, other};
    return kraken::wanted_network(record_, stack_, nics, choose_nics(nics, record_.nic), usb_alone_)->primary.name;
  };
  EXPECT_EQ(primary(usb_without_link_), "eth2");
  EXPECT_EQ(primary(usb_), "eth1");
}

}  // namespace
}  // namespace kraken
