#include "burn/take_turns.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <latch>
#include <mutex>
#include <vector>

namespace kraken {
namespace {

// What was done, and by which lane.
class Log {
 public:
  void add(Turn turn) {
    const std::lock_guard lock(mutex_);
    turns_.push_back(turn);
  }
  std::size_t lane_of(std::size_t item) const {
    for (const Turn& turn : turns_) {
      if (turn.item == item) return turn.lane;
    }
    return SIZE_MAX;
  }
  std::size_t size() const { return turns_.size(); }

 private:
  std::mutex mutex_;
  std::vector<Turn> turns_;
};

TEST(TakeTurns, OneLaneGoesThroughTheQueueInItsOrder) {
  std::vector<std::size_t> order;
  take_turns({1, 4, nullptr}, [&](Turn turn) { order.push_back(turn.item); });
  EXPECT_EQ(order, (std::vector<std::size_t>{0, 1, 2, 3}));
}

TEST(TakeTurns, EachLaneBeginsWithItsOwnItem) {
  Log log;
  std::latch all_begun(3);
  take_turns({3, 3, nullptr}, [&](Turn turn) {
    all_begun.arrive_and_wait();  // would wait for ever if they were not at work at the same time
    log.add(turn);
  });
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(log.lane_of(i), i);
}

TEST(TakeTurns, ASlowLaneKeepsNobodyWaiting) {
  Log log;
  std::latch others_done(4);
  take_turns({2, 5, nullptr}, [&](Turn turn) {
    if (turn.item == 0) others_done.wait();
    log.add(turn);
    if (turn.item != 0) others_done.count_down();
  });
  EXPECT_EQ(log.size(), 5U);
  EXPECT_EQ(log.lane_of(0), 0U);
  for (std::size_t i = 1; i < 5; ++i) EXPECT_EQ(log.lane_of(i), 1U) << i;
}

TEST(TakeTurns, NothingIsBegunAfterAStop) {
  std::atomic<bool> stop = false;
  Log log;
  take_turns({1, 5, &stop}, [&](Turn turn) {
    log.add(turn);
    if (turn.item == 1) stop = true;
  });
  EXPECT_EQ(log.size(), 2U);
}

}  // namespace
}  // namespace kraken
