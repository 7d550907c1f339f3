#include "run/measure_command.h"

#include <array>
#include <cstdio>

#include "measure/measure.h"

namespace kraken {

namespace {

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
  KRAKEN_ASSIGN(const int tests, serve_measurements({}));
  return std::to_string(tests) + " tests\n";
}

}  // namespace kraken
