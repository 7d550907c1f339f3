#include "net/netlink_dump.h"

#include <gtest/gtest.h>
#include <linux/if.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "netlink_bytes.h"

namespace kraken {
namespace {

using namespace test;

const Bytes kMac = raw({0xb8, 0x27, 0xeb, 0x12, 0x34, 0x56});
const Bytes kOtherMac = raw({0x00, 0xe0, 0x4c, 0x68, 0x00, 0x01});

Bytes z(std::string_view chars) {
  return text(chars) + u8(0);
}

Bytes link_header(std::uint32_t index, std::uint32_t flags) {
  return u8(AF_UNSPEC) + u8(0) + u16(ARPHRD_ETHER) + u32(index) + u32(flags) + u32(0);
}

Bytes bond_port() {
  return link_header(3, IFF_UP | IFF_LOWER_UP | IFF_SLAVE) + attribute(IFLA_IFNAME, z("eth1")) +
         attribute(IFLA_TXQLEN, u32(1000)) + attribute(IFLA_QDISC, z("fq")) + attribute(IFLA_MASTER, u32(5)) +
         attribute(IFLA_ADDRESS, kMac) + attribute(IFLA_PERM_ADDRESS, kOtherMac) +
         attribute(IFLA_LINKINFO | NLA_F_NESTED, attribute(IFLA_INFO_SLAVE_KIND, z("bond")));
}

TEST(ParseLink, ReadsAPortOfABond) {
  const auto link = parse_link(bond_port());
  ASSERT_TRUE(link.ok()) << link.error().what();
  EXPECT_EQ(link->index, 3);
  EXPECT_EQ(link->name, "eth1");
  EXPECT_EQ(link->mac, parse_mac("b8:27:eb:12:34:56"));
  EXPECT_EQ(link->permanent_mac, parse_mac("00:e0:4c:68:00:01"));
  EXPECT_EQ(link->kind, "");  // it is hardware; its port's kind is another attribute
  EXPECT_EQ(link->master, 5);
  EXPECT_TRUE(link->up);
  EXPECT_TRUE(link->carrier);
  EXPECT_EQ(link->tx_queue_length, 1000U);
  EXPECT_EQ(link->queueing, "fq");
}

TEST(ParseLink, ReadsABondThatIsDown) {
  const Bytes info = attribute(IFLA_INFO_KIND, z("bond"));
  const auto link =
      parse_link(link_header(5, 0) + attribute(IFLA_IFNAME, z("kr-bond0")) + attribute(IFLA_LINKINFO, info));
  ASSERT_TRUE(link.ok());
  EXPECT_EQ(link->kind, "bond");
  EXPECT_FALSE(link->up);
  EXPECT_FALSE(link->carrier);
  EXPECT_FALSE(link->mac);
  EXPECT_FALSE(link->permanent_mac);
  EXPECT_EQ(link->master, 0);
}

TEST(ParseLink, TellsUpFromCarrier) {
  const auto link = parse_link(link_header(2, IFF_UP) + attribute(IFLA_IFNAME, z("eth0")));
  EXPECT_TRUE(link->up);
  EXPECT_FALSE(link->carrier);
}

TEST(ParseLink, TakesOnlyEthernetAddressesForMacs) {
  for (const Bytes& address : {raw({0, 0, 0, 0, 0, 0}), raw({10, 0, 0, 1}), Bytes(20, std::byte{7}), Bytes()}) {
    const auto link = parse_link(link_header(2, 0) + attribute(IFLA_IFNAME, z("x")) + attribute(IFLA_ADDRESS, address));
    ASSERT_TRUE(link.ok());
    EXPECT_FALSE(link->mac);
  }
}

TEST(ParseLink, RefusesWhatIsNoLink) {
  const Bytes named = attribute(IFLA_IFNAME, z("eth0"));
  EXPECT_EQ(parse_link(link_header(2, 0)).error().code(), ErrorCode::kCorrupt);
  EXPECT_EQ(parse_link(link_header(0, 0) + named).error().code(), ErrorCode::kCorrupt);
  EXPECT_EQ(parse_link(link_header(0x80000000, 0) + named).error().code(), ErrorCode::kCorrupt);
  EXPECT_EQ(parse_link(link_header(2, 0) + attribute(IFLA_IFNAME, z("a-name-of-16-chr"))).error().code(),
            ErrorCode::kCorrupt);
  const Bytes bad_info = attribute(IFLA_LINKINFO, u16(200) + u16(1));
  EXPECT_EQ(parse_link(link_header(2, 0) + named + bad_info).error().code(), ErrorCode::kCorrupt);
}

TEST(ParseLink, SurvivesEveryCut) {
  for_every_cut(bond_port(), [](const Bytes& cut) {
    const auto link = parse_link(cut);
    // Up to its name nothing of it is a link; afterwards it may be one with fewer attributes.
    EXPECT_TRUE(cut.size() >= 25 || link.error().code() == ErrorCode::kCorrupt) << cut.size();
  });
}

Bytes address_header(unsigned family, unsigned prefix) {
  return u8(family) + u8(prefix) + u8(0) + u8(0) + u32(3);
}

TEST(ParseAddress, ReadsTheLocalEndOfALink) {
  const Bytes local = attribute(IFA_LOCAL, raw({192, 168, 3, 11}));
  const Bytes peer = attribute(IFA_ADDRESS, raw({192, 168, 3, 1}));
  const auto address = parse_address(address_header(AF_INET, 24) + peer + local);
  ASSERT_TRUE(address.ok());
  EXPECT_EQ((*address)->link, 3);
  EXPECT_EQ((*address)->address, Ipv4{0xc0a8030b});
  EXPECT_EQ((*address)->prefix, 24);
  EXPECT_EQ((*parse_address(address_header(AF_INET, 24) + peer))->address, Ipv4{0xc0a80301});
}

TEST(ParseAddress, PassesOverIpv6AndRefusesNonsense) {
  const auto ipv6 = parse_address(address_header(AF_INET6, 64) + attribute(IFA_ADDRESS, Bytes(16, std::byte{1})));
  ASSERT_TRUE(ipv6.ok());
  EXPECT_FALSE(*ipv6);
  const Bytes local = attribute(IFA_LOCAL, raw({10, 0, 0, 1}));
  EXPECT_EQ(parse_address(address_header(AF_INET, 33) + local).error().code(), ErrorCode::kCorrupt);
  EXPECT_EQ(parse_address(address_header(AF_INET, 24)).error().code(), ErrorCode::kCorrupt);
  for_every_cut(address_header(AF_INET, 24) + local,
                [](const Bytes& cut) { EXPECT_FALSE(parse_address(cut).ok()) << cut.size(); });
}

struct RouteHeader {
  unsigned family = AF_INET;
  unsigned prefix = 0;
  unsigned table = RT_TABLE_MAIN;
  unsigned type = RTN_UNICAST;
  std::uint32_t flags = 0;
};

Bytes route_header(const RouteHeader& route) {
  return u8(route.family) + u8(route.prefix) + u8(0) + u8(0) + u8(route.table) + u8(0) + u8(0) + u8(route.type) +
         u32(route.flags);
}

const Bytes kOutOf3 = attribute(RTA_OIF, u32(3));
const Bytes kByWayOf1 = attribute(RTA_GATEWAY, raw({192, 168, 3, 1}));

TEST(ParseRoutes, ReadsADefaultRoute) {
  const auto routes = parse_routes(route_header({}) + kOutOf3 + kByWayOf1 + attribute(RTA_PRIORITY, u32(50)));
  ASSERT_TRUE(routes.ok());
  ASSERT_EQ(routes->size(), 1U);
  const Route& route = routes->front();
  EXPECT_EQ(route.link, 3);
  EXPECT_EQ(route.destination, (Ipv4Subnet{}));
  EXPECT_EQ(route.gateway, Ipv4{0xc0a80301});
  EXPECT_EQ(route.metric, 50U);
}

TEST(ParseRoutes, ReadsARouteOnTheLink) {
  const auto routes = parse_routes(route_header({.prefix = 24}) + attribute(RTA_DST, raw({192, 168, 3, 0})) + kOutOf3);
  ASSERT_EQ(routes->size(), 1U);
  EXPECT_EQ(routes->front().destination, *parse_ipv4_subnet("192.168.3.0/24"));
  EXPECT_FALSE(routes->front().gateway);
  EXPECT_EQ(routes->front().metric, 0U);
}

TEST(ParseRoutes, PassesOverWhatIsNotOfTheMainTable) {
  const Bytes rest = kOutOf3 + kByWayOf1;
  EXPECT_TRUE(parse_routes(route_header({.family = AF_INET6}) + rest)->empty());
  EXPECT_TRUE(parse_routes(route_header({.table = RT_TABLE_LOCAL}) + rest)->empty());
  EXPECT_TRUE(parse_routes(route_header({.type = RTN_BLACKHOLE}))->empty());
  EXPECT_TRUE(parse_routes(route_header({.flags = RTM_F_CLONED}) + rest)->empty());
  EXPECT_TRUE(parse_routes(route_header({}) + kByWayOf1)->empty());  // out of no link
  // The header has room for tables up to 255 only.
  EXPECT_TRUE(parse_routes(route_header({.table = RT_TABLE_COMPAT}) + rest + attribute(RTA_TABLE, u32(1000)))->empty());
  EXPECT_EQ(parse_routes(route_header({.table = 0}) + rest + attribute(RTA_TABLE, u32(RT_TABLE_MAIN)))->size(), 1U);
}

TEST(ParseRoutes, PassesOverGatewaysOfIpv6) {
  const Bytes via = attribute(RTA_VIA, u16(AF_INET6) + Bytes(16, std::byte{1}));
  EXPECT_TRUE(parse_routes(route_header({}) + kOutOf3 + via)->empty());
}

Bytes hop(std::uint32_t link, const Bytes& attributes) {
  return u16(static_cast<unsigned>(attributes.size() + 8)) + u8(0) + u8(0) + u32(link) + attributes;
}

TEST(ParseRoutes, ReadsEveryHopOfAMultipathRoute) {
  const Bytes hops = hop(3, kByWayOf1) + hop(4, attribute(RTA_GATEWAY, raw({10, 0, 0, 1})));
  const auto routes = parse_routes(route_header({}) + attribute(RTA_PRIORITY, u32(9)) + attribute(RTA_MULTIPATH, hops));
  ASSERT_TRUE(routes.ok());
  ASSERT_EQ(routes->size(), 2U);
  EXPECT_EQ((*routes)[0].link, 3);
  EXPECT_EQ((*routes)[0].gateway, Ipv4{0xc0a80301});
  EXPECT_EQ((*routes)[1].link, 4);
  EXPECT_EQ((*routes)[1].gateway, Ipv4{0x0a000001});
  EXPECT_EQ((*routes)[1].metric, 9U);
}

TEST(ParseRoutes, RefusesHopsThatLeadOut) {
  for (const unsigned length : {0U, 7U, 17U, 0xffffU}) {
    const Bytes hops = u16(length) + u8(0) + u8(0) + u32(3) + kByWayOf1;
    EXPECT_EQ(parse_routes(route_header({}) + attribute(RTA_MULTIPATH, hops)).error().code(), ErrorCode::kCorrupt)
        << length;
  }
}

TEST(ParseRoutes, RefusesPrefixesThatCannotBe) {
  const Bytes to = attribute(RTA_DST, raw({192, 168, 3, 1})) + kOutOf3;
  EXPECT_EQ(parse_routes(route_header({.prefix = 33}) + to).error().code(), ErrorCode::kCorrupt);
  EXPECT_EQ(parse_routes(route_header({.prefix = 24}) + to).error().code(), ErrorCode::kCorrupt);
  EXPECT_TRUE(parse_routes(route_header({.prefix = 32}) + to).ok());
  for_every_cut(route_header({}), [](const Bytes& cut) { EXPECT_FALSE(parse_routes(cut).ok()) << cut.size(); });
}

}  // namespace
}  // namespace kraken
