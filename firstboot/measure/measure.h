// What the link to another node carries, measured with iperf3's protocol, so that the other side may be iperf3 itself.
// libiperf was written for a program that may exit and that trusts its peer: it runs in a child without privileges,
// with bounded memory and time, and what it says is parsed. Whatever the peer does, a measurement ends and says how.
//
// Forks: to be called where the process has one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/ipv4.h"
#include "base/result.h"

namespace kraken {

inline constexpr std::uint16_t kMeasurePort = 5201;  // iperf3's
inline constexpr std::chrono::seconds kLongestMeasurement{10};
// Where kraken-measure.socket listens: a connection starts the server.
inline constexpr std::uint16_t kMeasureWakePort = 5202;

struct MeasureOptions {
  Ipv4 peer;
  std::uint16_t port = kMeasurePort;
  std::optional<Ipv4> source;        // own address to measure from: of one of several interfaces
  std::chrono::seconds each_way{5};  // 1 s to kLongestMeasurement
  // A way that fails (nobody listens yet, the peer is busy) is tried again until so long after the beginning of the
  // first one; each is tried at least once.
  std::chrono::seconds patience{0};
  std::chrono::seconds grace{15};  // for connecting and for the results, beyond each_way
};

struct LinkMeasurement {
  Ipv4 peer;
  double mbit_sent = 0;      // Mbit/s that arrived at the peer, as it says
  double mbit_received = 0;  // Mbit/s that arrived here
  int seconds = 0;           // of each way
  std::string problem;       // "" when both ways were measured; those that were not are 0
};

// One way after the other: two at once would share a USB 2 bus.
LinkMeasurement measure_link(const MeasureOptions& options);

struct MeasureServerOptions {
  Ipv4 address;  // to listen at; 0.0.0.0 is all of this node's
  std::uint16_t port = kMeasurePort;
  int tests = 64;                        // ends after so many; each way is one
  std::chrono::seconds limit{600};       // ends after so long
  std::chrono::seconds idle_limit{600};  // ends when nobody came for so long
  std::chrono::seconds test_limit{30};   // a client that stays longer is cut off
};

// Lets other nodes measure their link to this one, one at a time (the others are told that it is busy). Answers how
// many tests were begun. kIo when it cannot listen; kUnsupported when this program was built without libiperf.
Result<int> serve_measurements(const MeasureServerOptions& options);

}  // namespace kraken
