// Measures the link to another node. Behind an interface, so that tests can pretend one.
#pragma once

#include <chrono>

#include "measure/measure.h"

namespace kraken {

// Of a measurement, beside the patience for its turn.
inline constexpr std::chrono::seconds kLongestMetering{45};

class LinkMeter {
 public:
  virtual ~LinkMeter() = default;
  // Waits up to `patience` for its turn, as the peer serves one node at a time. Ends within kLongestMetering beside
  // that, and says in the result when it could not measure.
  virtual LinkMeasurement measure(Ipv4 peer, std::chrono::seconds patience) = 0;
};

// Starts the peer's kraken-measure.service and measures against it. Its clients take turns.
class IperfMeter final : public LinkMeter {
 public:
  LinkMeasurement measure(Ipv4 peer, std::chrono::seconds patience) override;
};

}  // namespace kraken
