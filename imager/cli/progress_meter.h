// How far something has come, how fast it is and how long it will still take, as text. Draws nothing.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/units.h"

namespace kraken {

// How often a terminal is redrawn, and how often a pipe gets a line.
inline constexpr std::chrono::milliseconds kRedrawInterval{200};
inline constexpr std::chrono::seconds kPlainInterval{10};

struct Progress {
  Bytes done = 0;
  Bytes total = 0;
};

// The rate is that since the first call, and not told in the first second.
class ProgressMeter {
 public:
  using Clock = std::chrono::steady_clock;

  // "42 % of 970 MiB, 19 MiB/s, 28 s left"
  std::string text(const Progress& progress, Clock::time_point now);

 private:
  struct Start {
    Clock::time_point time;
    Bytes done = 0;
  };
  std::optional<Start> start_;
};

// "[######........................]"
std::string progress_bar(const Progress& progress);

// "28 s", "3 min 5 s"
std::string time_text(double seconds);

}  // namespace kraken
