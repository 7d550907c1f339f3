#include "burn/take_turns.h"

#include <thread>
#include <vector>

namespace kraken {

void take_turns(const Turns& turns, const std::function<void(Turn)>& work) {
  std::atomic<std::size_t> next = turns.lanes;
  const auto is_stopped = [&] { return turns.stop != nullptr && turns.stop->load(); };
  std::vector<std::jthread> lanes;
  for (std::size_t lane = 0; lane < turns.lanes; ++lane) {
    lanes.emplace_back([&, lane] {
      for (std::size_t item = lane; item < turns.items && !is_stopped(); item = next.fetch_add(1)) work({lane, item});
    });
  }
}

}  // namespace kraken
