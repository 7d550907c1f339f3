// Receiving from a datagram socket with a bound on time and size.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

#include "base/result.h"

namespace kraken {

using Deadline = std::chrono::steady_clock::time_point;

struct Datagram {
  std::vector<std::byte> bytes;
  bool cut = false;  // it was longer than what was asked for
};

// The next datagram, up to `most` bytes of it; nothing when none came before the deadline. Signals do not disturb it.
// kIo as the socket says: ENETDOWN when the link of a packet socket went down, ENOBUFS when the kernel had to drop
// some.
Result<std::optional<Datagram>> receive_datagram(int fd, std::size_t most, Deadline deadline);

}  // namespace kraken
