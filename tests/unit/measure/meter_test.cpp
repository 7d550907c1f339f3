#include "measure/meter.h"

#include <gtest/gtest.h>

#include "peers.h"
#include "support/own_network.h"

namespace kraken {
namespace {

using test::kLoopback;
using test::Peer;

// At the ports that a cluster uses, so in a network of its own.
TEST(IperfMeter, WakesThePeerAndMeasuresBothWays) {
  test::in_own_network([] {
    test::ip("link set lo up");
    std::uint16_t wake_port = kMeasureWakePort;
    const UniqueFd knocked_at = test::listening_socket(wake_port);
    const Peer iperf3({"iperf3", "-s", "-B", "127.0.0.1", "-p", std::to_string(kMeasurePort)});
    IperfMeter meter;
    const LinkMeasurement link = meter.measure(kLoopback, std::chrono::seconds(36));
    EXPECT_EQ(link.problem, "");
    EXPECT_EQ(link.peer, kLoopback);
    EXPECT_GT(link.mbit_sent, 0);
    EXPECT_GT(link.mbit_received, 0);
  });
}

TEST(ServeMeasurements, EndWhenNobodyComes) {
  const test::Stopwatch watch;
  const auto tests = serve_measurements({.address = kLoopback,
                                         .port = test::free_port(),
                                         .limit = std::chrono::seconds(100),
                                         .idle_limit = std::chrono::seconds(1)});
  ASSERT_TRUE(tests.ok()) << tests.error().what();
  EXPECT_EQ(*tests, 0);
  EXPECT_LT(watch.elapsed(), std::chrono::seconds(50));
}

}  // namespace
}  // namespace kraken
