// ARP over a veth pair: the other side is the kernel of a second network namespace, or a second asker there.
#include <gtest/gtest.h>

#include <atomic>
#include <cerrno>
#include <thread>

#include "net/linux_network.h"
#include "support/own_network.h"

namespace kraken {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr Ipv4 kProbe{};
constexpr Ipv4 kHere{0xc0a8030b};     // 192.168.3.11
constexpr Ipv4 kGateway{0xc0a80301};  // 192.168.3.1
constexpr Ipv4 kNobody{0xc0a803fe};   // 192.168.3.254
constexpr milliseconds kLimit{3000};

Link link_named(const std::string& name) {
  const auto state = LinuxNetwork().state();
  const Link* link = state.ok() ? state->find_link(name) : nullptr;
  EXPECT_NE(link, nullptr) << name;
  return link == nullptr ? Link{} : *link;
}

Link link_there(const test::Neighbour& neighbour, const std::string& name) {
  Link link;
  neighbour.run([&] { link = link_named(name); });
  return link;
}

struct Asked {
  Result<std::optional<MacAddress>> answer;
  milliseconds took;
};

Asked ask(const std::string& link, Ipv4 sender, Ipv4 address, milliseconds limit = kLimit) {
  const int index = link_named(link).index;
  const auto start = steady_clock::now();
  auto answer = LinuxNetwork().ask_arp(index, sender, address, limit);
  return {std::move(answer), std::chrono::duration_cast<milliseconds>(steady_clock::now() - start)};
}

void expect_mac(const Asked& asked, const Link& link) {
  ASSERT_TRUE(asked.answer.ok()) << asked.answer.error().what();
  ASSERT_TRUE(*asked.answer) << "nobody answered";
  EXPECT_EQ(format_mac(**asked.answer), format_mac(*link.mac));
  EXPECT_LT(asked.took, kLimit);
}

void expect_nobody(const Asked& asked) {
  ASSERT_TRUE(asked.answer.ok()) << asked.answer.error().what();
  EXPECT_FALSE(*asked.answer) << format_mac(**asked.answer);
}

// usb0 here is cabled to far0 there, which has the gateway's address; both sides have had time to say so.
void with_gateway(const std::function<void(const test::Neighbour&)>& body) {
  test::in_own_network([&] {
    const test::Neighbour neighbour;
    neighbour.cable("usb0", "far0");
    neighbour.ip("address add 192.168.3.1/24 dev far0");
    body(neighbour);
  });
}

TEST(AskArp, FindsWhoHasTheAddress) {
  with_gateway([](const test::Neighbour& neighbour) {
    test::ip("address add 192.168.3.11/24 dev usb0");
    const Link gateway = link_there(neighbour, "far0");
    expect_mac(ask("usb0", kHere, kGateway), gateway);
    expect_mac(ask("usb0", kProbe, kGateway), gateway);
  });
}

// The neighbours' tables would otherwise send the address's traffic to who only asked whether it is free.
TEST(AskArp, LeavesNoTraceWhenItProbes) {
  with_gateway([](const test::Neighbour& neighbour) {
    ask("usb0", kProbe, kGateway);
    neighbour.run([] { EXPECT_EQ(test::ip("neighbour show"), ""); });
    ask("usb0", kHere, kGateway);
    neighbour.run([] { EXPECT_NE(test::ip("neighbour show").find("192.168.3.11"), std::string::npos); });
  });
}

TEST(AskArp, GivesUpAtTheLimit) {
  with_gateway([](const test::Neighbour&) {
    const Asked asked = ask("usb0", kHere, kNobody, milliseconds{600});
    expect_nobody(asked);
    EXPECT_GE(asked.took, milliseconds{600});
    EXPECT_LT(asked.took, milliseconds{2500});
  });
}

// The first request is lost with certainty: the address comes to the other side only after it.
TEST(AskArp, AsksMoreThanOnce) {
  with_gateway([](const test::Neighbour& neighbour) {
    std::thread later([&] {
      std::this_thread::sleep_for(milliseconds{300});
      neighbour.ip("address add 192.168.3.254/24 dev far0");
    });
    const Asked asked = ask("usb0", kHere, kNobody);
    later.join();
    expect_mac(asked, link_there(neighbour, "far0"));
    EXPECT_GE(asked.took, milliseconds{300});
  });
}

// Probes for an address from the neighbour's `link`, over and over, as long as it lives.
class ProbingNeighbour {
 public:
  ProbingNeighbour(const test::Neighbour& neighbour, const std::string& link, Ipv4 address)
      : thread_([this, &neighbour, link, address] {
          neighbour.run([&] {
            while (!done_) ask(link, kProbe, address, milliseconds{100});
          });
        }) {}
  ~ProbingNeighbour() {
    done_ = true;
    thread_.join();
  }
  ProbingNeighbour(const ProbingNeighbour&) = delete;
  ProbingNeighbour& operator=(const ProbingNeighbour&) = delete;

 private:
  std::atomic<bool> done_ = false;
  std::thread thread_;
};

// Two nodes burned with the same address that are switched on together: neither has it yet. Who hears the other first
// stops, and may not have been heard; the other side goes on here, so that it is to be heard for certain.
TEST(AskArp, FindsAnotherProbeForTheSameAddress) {
  with_gateway([](const test::Neighbour& neighbour) {
    const Link far = link_there(neighbour, "far0");
    const ProbingNeighbour other(neighbour, "far0", kNobody);
    expect_mac(ask("usb0", kProbe, kNobody), far);
  });
}

// Both NICs are on one segment, and Linux answers on each for the addresses of all.
TEST(AskArp, DoesNotTakeThisNodesOtherNicForANeighbour) {
  test::in_own_network([] {
    const test::Neighbour segment;
    segment.cable("usb0", "far0");
    segment.cable("eth0", "far1");
    segment.ip("link add br0 type bridge");
    segment.ip("link set far0 master br0");
    segment.ip("link set far1 master br0");
    segment.ip("link set br0 up");
    test::ip("address add 192.168.3.11/24 dev eth0");
    expect_nobody(ask("usb0", kProbe, kHere, milliseconds{500}));
    segment.ip("address add 192.168.3.1/24 dev br0");
    expect_mac(ask("usb0", kProbe, kGateway), link_there(segment, "br0"));
  });
}

TEST(AskArp, AsksOnTheLinkAlone) {
  with_gateway([](const test::Neighbour& neighbour) {
    neighbour.cable("eth0", "far1");
    test::ip("address add 192.168.3.11/24 dev eth0");
    neighbour.run([] {
      // Linux would answer on far1 for far0's address.
      EXPECT_EQ(test::run("echo 1 > /proc/sys/net/ipv4/conf/all/arp_ignore").status, 0);
    });
    expect_nobody(ask("eth0", kHere, kGateway, milliseconds{500}));
    const ProbingNeighbour other(neighbour, "far0", kNobody);  // is heard on usb0
    expect_nobody(ask("eth0", kProbe, kNobody, milliseconds{500}));
  });
}

TEST(AskArp, FailsWithoutCarrier) {
  with_gateway([](const test::Neighbour& neighbour) {
    neighbour.ip("link set far0 down");
    Asked asked = ask("usb0", kHere, kGateway);
    EXPECT_EQ(asked.answer.error().code(), ErrorCode::kIo);
    EXPECT_EQ(asked.answer.error().sys_errno(), ENETDOWN);
    EXPECT_LT(asked.took, kLimit);
    neighbour.ip("link set far0 up");
    test::ip("link set usb0 down");
    EXPECT_EQ(ask("usb0", kHere, kGateway).answer.error().code(), ErrorCode::kIo);
  });
}

TEST(AskArp, FailsWhenTheLinkGoesDownMeanwhile) {
  with_gateway([](const test::Neighbour&) {
    std::thread later([] {
      std::this_thread::sleep_for(milliseconds{200});
      test::ip("link set usb0 down");
    });
    const Asked asked = ask("usb0", kHere, kNobody);
    later.join();
    EXPECT_EQ(asked.answer.error().code(), ErrorCode::kIo);
    EXPECT_LT(asked.took, kLimit);
  });
}

TEST(AskArp, RefusesWhatIsNoEthernetAndNoLink) {
  test::in_own_network([] {
    test::ip("link set lo up");
    EXPECT_EQ(ask("lo", kHere, kGateway).answer.error().code(), ErrorCode::kUnsupported);
    EXPECT_EQ(LinuxNetwork().ask_arp(4711, kHere, kGateway, kLimit).error().code(), ErrorCode::kNotFound);
  });
}

}  // namespace
}  // namespace kraken
