#include "measure/measure.h"

#include <algorithm>
#include <thread>

#include "measure/confined_child.h"
#include "measure/iperf_report.h"
#include "measure/iperf_session.h"

namespace kraken {

namespace {

using Clock = ConfinedChild::Clock;

constexpr std::chrono::milliseconds kPause{500};
constexpr std::chrono::seconds kLongerThanWatched{5};
constexpr const char* kNoIperf = "this program was built without libiperf, and cannot measure";

struct OneWay {
  double mbit = 0;
  std::string problem;
};

OneWay failed(std::string problem) {
  return {.mbit = 0, .problem = std::move(problem)};
}

OneWay read_report(std::string_view report) {
  const auto mbit = received_mbit(report);
  if (!mbit.ok()) return failed(mbit.error().what());
  return {.mbit = *mbit, .problem = {}};
}

OneWay read_output(const std::string& output) {
  const std::size_t end = std::min(output.find('\n'), output.size());
  const std::string_view first = std::string_view(output).substr(0, end);
  const std::string rest = output.substr(std::min(end + 1, output.size()));
  if (first == kReport) return read_report(rest);
  if (first == kFailed) return failed(rest);
  return failed("the measuring child process ended without a word");
}

OneWay run_once(const ClientSession& session, std::chrono::seconds limit) {
  auto child = ConfinedChild::start([&](int out) { run_iperf_client(session, out); }, limit + kLongerThanWatched);
  if (!child.ok()) return failed(child.error().what());
  const auto deadline = Clock::now() + limit;
  ConfinedChild::Event event = child->wait(deadline);
  while (event == ConfinedChild::Event::kOutput) event = child->wait(deadline);
  if (event == ConfinedChild::Event::kEnded) return read_output(child->output());
  return failed("not done after " + std::to_string(limit.count()) + " s: the peer may have hung");
}

OneWay measure_one_way(const MeasureOptions& options, int seconds, Direction direction, Clock::time_point give_up) {
  const ClientSession session{format_ipv4(options.peer), options.port,
                              options.source ? format_ipv4(*options.source) : std::string(), seconds, direction};
  while (true) {
    OneWay result = run_once(session, std::chrono::seconds(seconds) + options.grace);
    if (result.problem.empty() || Clock::now() >= give_up) return result;
    std::this_thread::sleep_for(kPause);
  }
}

std::string problem_of(std::string_view way, const std::string& problem) {
  return problem.empty() ? "" : std::string(way) + ": " + problem;
}

}  // namespace

LinkMeasurement measure_link(const MeasureOptions& options) {
  LinkMeasurement result;
  result.peer = options.peer;
  if (!has_iperf()) {
    result.problem = kNoIperf;
    return result;
  }
  result.seconds = static_cast<int>(std::clamp(options.each_way, std::chrono::seconds(1), kLongestMeasurement).count());
  const auto give_up = Clock::now() + options.patience;
  const OneWay sent = measure_one_way(options, result.seconds, Direction::kSend, give_up);
  result.mbit_sent = sent.mbit;
  result.problem = problem_of("sending", sent.problem);
  if (!result.problem.empty()) return result;
  const OneWay received = measure_one_way(options, result.seconds, Direction::kReceive, give_up);
  result.mbit_received = received.mbit;
  result.problem = problem_of("receiving", received.problem);
  return result;
}

}  // namespace kraken
