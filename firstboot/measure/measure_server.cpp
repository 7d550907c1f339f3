#include <algorithm>

#include "base/text.h"
#include "measure/confined_child.h"
#include "measure/connections.h"
#include "measure/iperf_session.h"
#include "measure/measure.h"
#include "sys/files.h"

namespace kraken {

namespace {

using Clock = ConfinedChild::Clock;

constexpr std::chrono::milliseconds kLookInterval{500};
constexpr Bytes kMostConnections = 16 * kMiB;

bool has_client(std::uint16_t port) {
  const auto table = read_whole_file("/proc/net/tcp", kMostConnections);
  return table.ok() && has_connection(*table, port);
}

// One child, one test: until it is over, took too long, or `end`; nobody is waited for longer than the idle limit. True
// when somebody was there.
Result<bool> serve_one(const MeasureServerOptions& options, Clock::time_point end) {
  const ServerSession session{format_ipv4(options.address), options.port};
  KRAKEN_ASSIGN(ConfinedChild child,
                ConfinedChild::start([&](int out) { run_iperf_server(session, out); }, options.limit));
  bool begun = false;
  const auto last = end;
  end = std::min(end, Clock::now() + options.idle_limit);
  ConfinedChild::Event event = ConfinedChild::Event::kDeadline;
  while (event != ConfinedChild::Event::kEnded && Clock::now() < end) {
    event = child.wait(std::min(end, Clock::now() + kLookInterval));
    // libiperf waits without end for a client that connects and says nothing, and tells nobody that it is there.
    if (begun || event != ConfinedChild::Event::kDeadline || !has_client(options.port)) continue;
    begun = true;
    end = std::min(last, Clock::now() + options.test_limit);
  }
  if (const std::size_t at = child.output().find(kCannotListen); at != std::string::npos) {
    return Error(ErrorCode::kIo, std::string(trim(std::string_view(child.output()).substr(at))));
  }
  return begun || event == ConfinedChild::Event::kEnded;
}

}  // namespace

Result<int> serve_measurements(const MeasureServerOptions& options) {
  if (!has_iperf()) {
    return Error(ErrorCode::kUnsupported, "this program was built without libiperf, and cannot be measured against");
  }
  const auto end = Clock::now() + options.limit;
  int tests = 0;
  while (tests < options.tests && Clock::now() < end) {
    KRAKEN_ASSIGN(const bool was_there, serve_one(options, end));
    if (!was_there) break;
    ++tests;
  }
  return tests;
}

}  // namespace kraken
