// Measures the link to another node. Behind an interface, so that tests can pretend one.
#pragma once

#include "measure/measure.h"

namespace kraken {

class LinkMeter {
 public:
  virtual ~LinkMeter() = default;
  // Ends within two minutes, and says in the result when it could not measure.
  virtual LinkMeasurement measure(Ipv4 peer) = 0;
};

// Starts the peer's kraken-measure.service and measures against it. Its clients take turns.
class IperfMeter final : public LinkMeter {
 public:
  LinkMeasurement measure(Ipv4 peer) override;
};

}  // namespace kraken
