#include "run/measure_command.h"

#include <array>
#include <cstdio>

#include "measure/measure.h"
#include "measure/wake.h"

namespace kraken {

namespace {

// Of kraken-measure.service, whose RuntimeMaxSec is longer; the next knock starts it again.
constexpr int kTestsOfAService = 1000;
constexpr std::chrono::seconds kServiceLimit{3000};
constexpr std::chrono::seconds kServiceIdleLimit{60};

std::string mbit(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f Mbit/s", value);
  return text.data();
}

}  // namespace

Result<std::string> measure_command(std::string_view peer) {
  const auto address = parse_ipv4(peer);
  if (!address) {
    return Error(ErrorCode::kInvalidArgument, "\"" + std::string(peer) + "\" is no IPv4 address: measure ADDRESS");
  }
  MeasureOptions options;
  options.peer = *address;
  const LinkMeasurement link = measure_link(options);
  if (!link.problem.empty()) return Error(ErrorCode::kIo, link.problem);
  const std::string name = format_ipv4(*address);
  return mbit(link.mbit_sent) + " to " + name + ", " + mbit(link.mbit_received) + " from it\n";
}

Result<std::string> measure_server_command() {
  MeasureServerOptions options;
  auto woken_by = WakeSocket::inherited();
  if (woken_by) {
    options.tests = kTestsOfAService;
    options.limit = kServiceLimit;
    options.idle_limit = kServiceIdleLimit;
  }
  const auto tests_done = serve_measurements(options);
  // Those who knocked meanwhile were served, or try again.
  if (woken_by) woken_by->drain();
  KRAKEN_ASSIGN(const int tests, tests_done);
  return std::to_string(tests) + " tests\n";
}

}  // namespace kraken
