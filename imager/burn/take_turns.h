// Several lanes, each a thread, that take what there is to do from one queue: readers that burn node after node. The
// queue is in the order it was given; each lane begins with the item of its own number and takes the next one that is
// left whenever it is done, so a slow lane keeps nobody waiting.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>

namespace kraken {

struct Turn {
  std::size_t lane = 0;
  std::size_t item = 0;
};

struct Turns {
  std::size_t lanes = 1;  // at most as many as there are items
  std::size_t items = 0;
  // Once set, no lane begins another item; null: never.
  const std::atomic<bool>* stop = nullptr;
};

// Calls `work` once for each item that is begun, from the lane's thread; nothing that it does may throw. Returns when
// every lane has ended.
void take_turns(const Turns& turns, const std::function<void(Turn)>& work);

}  // namespace kraken
