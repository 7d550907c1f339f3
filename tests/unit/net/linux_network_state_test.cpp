// What the running kernel says, against what iproute2 says that it says.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "base/text.h"
#include "net/linux_network.h"
#include "support/own_network.h"

namespace kraken {
namespace {

using Lines = std::multiset<std::string>;
using Words = std::vector<std::string>;

// The word after `key`, or "".
std::string after(const Words& words, const std::string& key) {
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (words[i] == key) return words[i + 1];
  }
  return "";
}

std::string name_of(const NetworkState& state, int link) {
  const Link* found = state.find_link(link);
  return found == nullptr ? "" : found->name;
}

// "2: a@if3: <BROADCAST,UP> mtu 1500 qdisc fq master br0 state UP ... qlen 1000\    link/ether 52:54:.. brd ..."
std::string link_line(const std::string& told) {
  const Words words = split_words(told);
  const std::string name = words[1].substr(0, words[1].find_first_of("@:"));
  const std::string flags = "," + words[2].substr(1, words[2].size() - 2) + ",";
  const bool up = flags.find(",UP,") != std::string::npos;
  const bool carrier = flags.find(",LOWER_UP,") != std::string::npos;
  return words[0] + " " + name + " mac=" + after(words, "link/ether") + " permanent=" + after(words, "permaddr") +
         " master=" + after(words, "master") + " up=" + std::to_string(up) + " carrier=" + std::to_string(carrier) +
         " qlen=" + after(words, "qlen") + " qdisc=" + after(words, "qdisc");
}

std::string link_line(const NetworkState& state, const Link& link) {
  return std::to_string(link.index) + ": " + link.name + " mac=" + (link.mac ? format_mac(*link.mac) : "") +
         " permanent=" + (link.permanent_mac ? format_mac(*link.permanent_mac) : "") +
         " master=" + name_of(state, link.master) + " up=" + std::to_string(link.up) +
         " carrier=" + std::to_string(link.carrier) + " qlen=" + std::to_string(link.tx_queue_length) +
         " qdisc=" + link.queueing;
}

Lines links_by_iproute2() {
  Lines lines;
  std::string told = test::ip("-o link show");
  std::replace(told.begin(), told.end(), '\\', ' ');  // stands for the end of a line
  for (const std::string& line : split(told, '\n')) {
    if (!line.empty()) lines.insert(link_line(line));
  }
  return lines;
}

Lines links_of(const NetworkState& state) {
  Lines lines;
  for (const Link& link : state.links) lines.insert(link_line(state, link));
  return lines;
}

Lines of_kind(const NetworkState& state, const std::string& kind) {
  Lines names;
  for (const Link& link : state.links) {
    if (link.kind == kind) names.insert(link.name);
  }
  return names;
}

// "2: a    inet 10.0.0.1 peer 10.0.0.2/32 scope global a\ ..."
Lines addresses_by_iproute2() {
  Lines lines;
  for (const std::string& line : split(test::ip("-o -4 address show"), '\n')) {
    const Words words = split_words(line);
    if (words.empty()) continue;
    const std::string peer = after(words, "peer");
    const std::string local = after(words, "inet");
    lines.insert(words[1] + " " + (peer.empty() ? local : local + peer.substr(peer.find('/'))));
  }
  return lines;
}

Lines addresses_of(const NetworkState& state) {
  Lines lines;
  for (const LinkAddress& one : state.addresses) {
    lines.insert(name_of(state, one.link) + " " + format_ipv4(one.address) + "/" + std::to_string(one.prefix));
  }
  return lines;
}

std::string route_line(const std::string& destination, const Words& hop, const std::string& metric) {
  return destination + " dev=" + after(hop, "dev") + " via=" + after(hop, "via") + " metric=" + metric;
}

// "default via 10.0.0.1 dev a metric 50"; of a multipath route each hop follows on a line that begins with "nexthop".
Lines routes_by_iproute2() {
  Lines lines;
  std::string destination;
  std::string metric;
  for (const std::string& line : split(test::ip("-4 route show table main type unicast"), '\n')) {
    const Words words = split_words(line);
    if (words.empty() || after(words, "via") == "inet6") continue;
    if (words[0] != "nexthop") {
      destination = words[0] == "default" ? "0.0.0.0/0" : words[0];
      if (destination.find('/') == std::string::npos) destination += "/32";
      metric = after(words, "metric").empty() ? "0" : after(words, "metric");
    }
    if (!after(words, "dev").empty()) lines.insert(route_line(destination, words, metric));
  }
  return lines;
}

Lines routes_of(const NetworkState& state) {
  Lines lines;
  for (const Route& route : state.routes) {
    lines.insert(format_ipv4_subnet(route.destination) + " dev=" + name_of(state, route.link) + " via=" +
                 (route.gateway ? format_ipv4(*route.gateway) : "") + " metric=" + std::to_string(route.metric));
  }
  return lines;
}

void expect_what_iproute2_tells() {
  const auto state = LinuxNetwork().state();
  ASSERT_TRUE(state.ok()) << state.error().what();
  EXPECT_EQ(links_of(*state), links_by_iproute2());
  EXPECT_EQ(addresses_of(*state), addresses_by_iproute2());
  EXPECT_EQ(routes_of(*state), routes_by_iproute2());
}

TEST(LinuxNetworkState, OfAnEmptyNetworkIsItsLoopback) {
  test::in_own_network([] {
    expect_what_iproute2_tells();
    const auto state = LinuxNetwork().state();
    ASSERT_EQ(state->links.size(), 1U);
    EXPECT_FALSE(state->links[0].up);
    EXPECT_FALSE(state->links[0].mac);
  });
}

TEST(LinuxNetworkState, HasLinksPortsAndAddresses) {
  test::in_own_network([] {
    const test::Neighbour neighbour;
    neighbour.cable("usb0", "far0");
    neighbour.cable("eth0", "far1");
    test::ip("link set lo up");
    test::ip("link add br0 type bridge");
    test::ip("link set eth0 master br0 txqueuelen 77");
    test::ip("link add idle type veth peer name idle2");
    test::ip("address add 192.168.3.11/24 dev usb0");
    test::ip("address add 192.168.3.12/24 dev usb0");
    test::ip("address add 10.9.9.1 peer 10.9.9.2/32 dev br0");
    expect_what_iproute2_tells();
    const auto state = LinuxNetwork().state();
    EXPECT_EQ(of_kind(*state, "veth"), (Lines{"usb0", "eth0", "idle", "idle2"}));
    EXPECT_EQ(of_kind(*state, "bridge"), Lines{"br0"});
    EXPECT_EQ(state->find_link("eth0")->master, state->find_link("br0")->index);
    EXPECT_EQ(state->addresses.size(), 4U);
  });
}

TEST(LinuxNetworkState, HasRoutesOfTheMainTableOneAHop) {
  test::in_own_network([] {
    const test::Neighbour neighbour;
    neighbour.cable("usb0", "far0");
    neighbour.cable("eth0", "far1");
    test::ip("address add 192.168.3.11/24 dev usb0");
    test::ip("address add 192.168.4.11/24 dev eth0");
    test::ip("route add default via 192.168.3.1 dev usb0 metric 50");
    test::ip("route add default via 192.168.4.1 dev eth0 metric 200");
    test::ip("route add 10.0.0.0/8 metric 9 nexthop via 192.168.3.1 dev usb0 nexthop via 192.168.4.1 dev eth0");
    test::ip("route add 10.1.2.3/32 dev eth0");
    test::ip("route add blackhole 10.2.0.0/16");
    test::ip("route add 10.3.0.0/16 via 192.168.3.1 table 1000");
    test::ip("route add 10.4.0.0/16 via inet6 fe80::1 dev usb0");
    expect_what_iproute2_tells();
    EXPECT_EQ(LinuxNetwork().state()->routes.size(), 7U);
  });
}

// More than fits one of the kernel's datagrams.
TEST(LinuxNetworkState, OfManyAddressesIsComplete) {
  test::in_own_network([] {
    test::ip("link add usb0 type veth peer name far0");
    const test::Ran ran = test::run(
        "for i in $(seq 1 250); do for j in 1 2 3 4; do echo address add 10.$j.$i.1/24 dev usb0; done; done | ip -b -");
    ASSERT_EQ(ran.status, 0) << ran.output;
    test::ip("link set usb0 up");
    expect_what_iproute2_tells();
    EXPECT_EQ(LinuxNetwork().state()->addresses.size(), 1000U);
    EXPECT_EQ(LinuxNetwork().state()->routes.size(), 1000U);
  });
}

}  // namespace
}  // namespace kraken
