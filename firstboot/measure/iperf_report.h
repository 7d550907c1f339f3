// iperf3's report of one test, as its --json writes it.
#pragma once

#include <string_view>

#include "base/result.h"

namespace kraken {

// Mbit/s that arrived at the receiving side, whichever that is. kCorrupt when the report does not say, or says what
// cannot be. Of the whole report just this is read: the rest has numbers of the kernel's and the peer's that nobody
// needs, and that need not make sense.
Result<double> received_mbit(std::string_view report);

}  // namespace kraken
