// Both sides against the real iperf3 on the loopback device, which is the oracle for the protocol, and against each
// other.
#include "measure/measure.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "json/json.h"
#include "measure/connections.h"
#include "peers.h"
#include "support/temp_folder.h"
#include "sys/files.h"

namespace kraken {
namespace {

using std::chrono::seconds;
using test::Peer;

MeasureOptions options_for(std::uint16_t port) {
  MeasureOptions options;
  options.peer = test::kLoopback;
  options.port = port;
  options.each_way = seconds(1);
  options.patience = seconds(10);
  return options;
}

// Tries again while the server is between two tests.
test::Ran measure_with_iperf3(std::uint16_t port, const std::string& more) {
  test::Ran ran;
  for (int tries = 0; tries < 100 && ran.status != 0; ++tries) {
    if (tries > 0) std::this_thread::sleep_for(std::chrono::milliseconds(100));
    ran = test::run("iperf3 -c 127.0.0.1 -t 1 -p " + std::to_string(port) + " " + more);
  }
  return ran;
}

// Somebody else's client that stays for so long, once somebody listens.
std::vector<std::string> staying_client(std::uint16_t port, int stay) {
  const std::string iperf3 = "iperf3 -c 127.0.0.1 -t " + std::to_string(stay) + " -p " + std::to_string(port);
  return {"sh", "-c", "until " + iperf3 + "; do sleep 0.1; done"};
}

bool gets_a_client(std::uint16_t port) {
  for (int tries = 0; tries < 100; ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    const auto table = read_whole_file("/proc/net/tcp", 16 * kMiB);
    if (table.ok() && has_connection(*table, port)) return true;
  }
  return false;
}

// What iperf3 saw as a server: one report a test.
std::vector<Json> reports_in(const std::filesystem::path& log) {
  std::ifstream in(log);
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  std::vector<Json> reports;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find("\n}\n", at), text.size());
    const auto report = parse_json(std::string_view(text).substr(at, end - at + 2));
    if (report.ok()) reports.push_back(*report);
    at = end + 3;
  }
  return reports;
}

const Json& at(const Json& report, std::string_view section, std::string_view part, std::string_view key) {
  static const Json nothing;
  const Json* found = &report;
  for (const std::string_view step : {section, part, key}) {
    found = found->find(step);
    if (found == nullptr) return nothing;
  }
  return *found;
}

TEST(Measure, BothWaysAgainstIperf3) {
  const std::uint16_t port = test::free_port();
  const Peer iperf3({"iperf3", "-s", "-B", "127.0.0.1", "-p", std::to_string(port)});
  const LinkMeasurement result = measure_link(options_for(port));
  EXPECT_EQ(result.problem, "");
  EXPECT_EQ(result.peer, test::kLoopback);
  EXPECT_EQ(result.seconds, 1);
  EXPECT_GT(result.mbit_sent, 1);
  EXPECT_GT(result.mbit_received, 1);
}

TEST(Measure, TellsTheWaysApart) {
  const std::uint16_t port = test::free_port();
  const test::TempFolder folder;
  const Peer iperf3(
      {"iperf3", "-s", "-J", "-B", "127.0.0.1", "-p", std::to_string(port), "--logfile", (folder / "log").string()});
  const LinkMeasurement result = measure_link(options_for(port));
  ASSERT_EQ(result.problem, "");
  std::vector<Json> reports;
  for (int tries = 0; tries < 50 && reports.size() < 2; ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    reports = reports_in(folder / "log");
  }
  ASSERT_EQ(reports.size(), 2U);
  EXPECT_EQ(at(reports[0], "start", "test_start", "reverse"), Json(0));
  EXPECT_EQ(at(reports[1], "start", "test_start", "reverse"), Json(1));
  const double* arrived = at(reports[0], "end", "sum_received", "bits_per_second").as_double();
  const double* left = at(reports[1], "end", "sum_sent", "bits_per_second").as_double();
  ASSERT_NE(arrived, nullptr);
  ASSERT_NE(left, nullptr);
  EXPECT_NEAR(result.mbit_sent / (*arrived / 1e6), 1, 0.1);
  EXPECT_NEAR(result.mbit_received / (*left / 1e6), 1, 0.1);
}

TEST(MeasureServer, ServesIperf3BothWays) {
  const std::uint16_t port = test::free_port();
  const Peer server([&] {
    MeasureServerOptions options;
    options.address = test::kLoopback;
    options.port = port;
    static_cast<void>(serve_measurements(options).ok());
  });
  for (const char* way : {"", "-R"}) {
    const test::Ran ran = measure_with_iperf3(port, way);
    EXPECT_EQ(ran.status, 0) << ran.output;
    EXPECT_NE(ran.output.find("receiver"), std::string::npos) << ran.output;
  }
}

TEST(Measure, ItsOwnServerTakesTheGivenNumberOfTests) {
  const std::uint16_t port = test::free_port();
  const auto begun = test::read_from_child([&] {
    MeasureServerOptions server;
    server.address = test::kLoopback;
    server.port = port;
    server.tests = 2;
    server.limit = seconds(60);
    const auto tests = serve_measurements(server);
    return tests.ok() ? std::to_string(*tests) : tests.error().what();
  });
  const LinkMeasurement result = measure_link(options_for(port));
  EXPECT_EQ(result.problem, "");
  EXPECT_GT(result.mbit_sent, 1);
  EXPECT_GT(result.mbit_received, 1);
  EXPECT_EQ(begun.read(), "2");
}

TEST(Measure, MeasuresFromTheGivenAddress) {
  const std::uint16_t port = test::free_port();
  const Peer iperf3({"iperf3", "-s", "-p", std::to_string(port)});
  MeasureOptions options = options_for(port);
  options.source = Ipv4{0x7f000002};
  EXPECT_EQ(measure_link(options).problem, "");
  options.source = Ipv4{0xc0000201};  // 192.0.2.1 is nobody's (RFC 5737)
  options.patience = seconds(0);
  EXPECT_NE(measure_link(options).problem, "");
}

TEST(Measure, BoundsTheTimeOfARun) {
  const std::uint16_t port = test::free_port();
  const Peer iperf3({"iperf3", "-s", "-p", std::to_string(port)});
  MeasureOptions options = options_for(port);
  options.each_way = seconds(0);
  EXPECT_EQ(measure_link(options).problem, "");
  options.patience = seconds(0);
  EXPECT_EQ(measure_link(options).seconds, 1);
  options.each_way = seconds(3600);
  options.grace = seconds(-9);  // an answer within a second is not to be had from a run of ten
  const test::Stopwatch watch;
  const LinkMeasurement result = measure_link(options);
  EXPECT_EQ(result.seconds, 10);
  EXPECT_EQ(result.problem, "sending: not done after 1 s: the peer may have hung");
  EXPECT_LT(watch.elapsed(), seconds(5));
}

TEST(Measure, SaysThatNobodyListens) {
  MeasureOptions options = options_for(test::free_port());
  options.patience = seconds(0);
  const test::Stopwatch watch;
  const LinkMeasurement result = measure_link(options);
  EXPECT_NE(result.problem.find("Connection refused"), std::string::npos) << result.problem;
  EXPECT_EQ(result.mbit_sent, 0);
  EXPECT_EQ(result.mbit_received, 0);
  EXPECT_LT(watch.elapsed(), seconds(5));
}

TEST(Measure, AsksABusyPeerAgain) {
  const std::uint16_t port = test::free_port();
  const Peer iperf3({"iperf3", "-s", "-B", "127.0.0.1", "-p", std::to_string(port)});
  const Peer other(staying_client(port, 8));
  ASSERT_TRUE(gets_a_client(port));
  std::this_thread::sleep_for(seconds(1));  // until its test has begun
  MeasureOptions options = options_for(port);
  options.patience = seconds(0);
  const std::string problem = measure_link(options).problem;
  EXPECT_NE(problem.find("busy"), std::string::npos) << problem;
  options.patience = seconds(30);
  EXPECT_EQ(measure_link(options).problem, "");
}

TEST(Measure, SurvivesHostilePeers) {
  for (const test::Hostility hostility : test::kAllHostilities) {
    const test::HostilePeer peer(hostility);
    MeasureOptions options = options_for(peer.port());
    options.patience = seconds(0);
    options.grace = seconds(2);
    const test::Stopwatch watch;
    const LinkMeasurement result = measure_link(options);
    EXPECT_NE(result.problem, "") << static_cast<int>(hostility);
    EXPECT_EQ(result.mbit_sent, 0);
    EXPECT_LT(watch.elapsed(), seconds(6)) << static_cast<int>(hostility);
  }
}

TEST(MeasureServer, EndsInTime) {
  MeasureServerOptions server;
  server.address = test::kLoopback;
  server.port = test::free_port();
  server.limit = seconds(1);
  const test::Stopwatch watch;
  const auto tests = serve_measurements(server);
  ASSERT_TRUE(tests.ok()) << tests.error().what();
  EXPECT_EQ(*tests, 0);
  EXPECT_LT(watch.elapsed(), seconds(3));
}

TEST(MeasureServer, SaysThatItCannotListen) {
  MeasureServerOptions server;
  server.address = test::kLoopback;
  const UniqueFd taken = test::listening_socket(server.port);
  server.limit = seconds(5);
  const auto tests = serve_measurements(server);
  ASSERT_FALSE(tests.ok());
  EXPECT_EQ(tests.error().code(), ErrorCode::kIo);
  EXPECT_NE(tests.error().what().find("Address already in use"), std::string::npos) << tests.error().what();
}

TEST(MeasureServer, CutsOffAClientThatStaysAndServesTheNext) {
  const std::uint16_t port = test::free_port();
  const Peer server([&] {
    MeasureServerOptions options;
    options.address = test::kLoopback;
    options.port = port;
    options.test_limit = seconds(2);
    static_cast<void>(serve_measurements(options).ok());
  });
  // Until it got through: what is cut off at once was refused.
  double lasted = 0;
  for (int tries = 0; tries < 100 && lasted < 1; ++tries) {
    const test::Stopwatch watch;
    EXPECT_NE(test::run("iperf3 -c 127.0.0.1 -t 20 -p " + std::to_string(port)).status, 0);
    lasted = watch.elapsed().count();
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  EXPECT_GT(lasted, 1);
  EXPECT_LT(lasted, 10);
  MeasureOptions options = options_for(port);
  options.patience = seconds(30);
  EXPECT_EQ(measure_link(options).problem, "");
}

// Who connects and is silent is no client to iperf3, and must not keep the others out for ever either.
TEST(MeasureServer, IsDoneWithASilentClientInTime) {
  const std::uint16_t port = test::free_port();
  const Peer server([&] {
    MeasureServerOptions options;
    options.address = test::kLoopback;
    options.port = port;
    options.test_limit = seconds(2);
    static_cast<void>(serve_measurements(options).ok());
  });
  const UniqueFd silent = test::connected_socket(port);
  MeasureOptions options = options_for(port);
  options.patience = seconds(30);
  EXPECT_EQ(measure_link(options).problem, "");
}

}  // namespace
}  // namespace kraken
