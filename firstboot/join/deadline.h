// The end of somebody's patience: every wait for a peer is until one of these, so that none is for ever.
#pragma once

#include <chrono>

#include "base/result.h"

namespace kraken {

class Deadline {
 public:
  using Clock = std::chrono::steady_clock;

  static Deadline after(std::chrono::milliseconds time) { return Deadline(Clock::now() + time); }

  bool passed() const { return Clock::now() >= end_; }
  // Rounded up; 0 when it has passed.
  std::chrono::milliseconds left() const;

  // Until the descriptor is ready for `events` (poll(2)), or has failed, which its next use will tell. kIo (ETIMEDOUT)
  // when the deadline comes first.
  Status wait(int fd, short events) const;

 private:
  explicit Deadline(Clock::time_point end) : end_(end) {}

  Clock::time_point end_;
};

}  // namespace kraken
