#include "measure/meter.h"

#include "measure/wake.h"

namespace kraken {

namespace {

// The nodes of a cluster are switched on together, and the manager may be some seconds behind.
constexpr std::chrono::seconds kPatienceToWake{20};
// Long enough for TCP to open its window many times over, short enough for the nodes to take turns.
constexpr std::chrono::seconds kEachWay{3};
constexpr std::chrono::seconds kGrace{7};
// Connecting for the last time, and pauses between tries.
constexpr std::chrono::seconds kBetween{5};
static_assert(kPatienceToWake + 2 * (kEachWay + kGrace) + kBetween <= kLongestMetering);

}  // namespace

LinkMeasurement IperfMeter::measure(Ipv4 peer, std::chrono::seconds patience) {
  if (const Status woken = wake_measure_server(peer, kMeasureWakePort, kPatienceToWake); !woken.ok()) {
    LinkMeasurement result;
    result.peer = peer;
    result.problem = woken.error().what();
    return result;
  }
  MeasureOptions options;
  options.peer = peer;
  options.each_way = kEachWay;
  options.patience = patience;
  options.grace = kGrace;
  return measure_link(options);
}

}  // namespace kraken
