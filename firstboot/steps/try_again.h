// Asking what is not there yet again and again, with pauses, as often and as long as one's patience lasts.
#pragma once

#include <algorithm>
#include <chrono>

#include "join/deadline.h"
#include "system/system.h"

namespace kraken {

struct Patience {
  int retries;  // after the first try
  std::chrono::milliseconds pause;
  std::chrono::milliseconds longest_pause = pause;  // each is twice as long as the one before it, up to this
};

// What the first try() gave that is_enough(), else what the last one gave. No try is begun after the deadline, but the
// first.
template <typename Try, typename IsEnough>
auto try_again(System& system, const Patience& patience, const Deadline& deadline, Try try_once, IsEnough is_enough) {
  auto outcome = try_once();
  auto pause = patience.pause;
  for (int i = 0; i < patience.retries && !is_enough(outcome) && !deadline.passed(); ++i) {
    system.pause(pause);
    pause = std::min(2 * pause, patience.longest_pause);
    outcome = try_once();
  }
  return outcome;
}

// Until it is ok().
template <typename Try>
auto try_again(System& system, const Patience& patience, const Deadline& deadline, Try try_once) {
  return try_again(system, patience, deadline, try_once, [](const auto& outcome) { return outcome.ok(); });
}

}  // namespace kraken
