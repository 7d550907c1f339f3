// A few threads for reading and hashing beside the one that talks to the card.
#pragma once

#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <thread>
#include <vector>

#include "base/result.h"

namespace kraken {

class WorkPool {
 public:
  explicit WorkPool(unsigned threads);
  // Finishes what was submitted.
  ~WorkPool();
  WorkPool(const WorkPool&) = delete;
  WorkPool& operator=(const WorkPool&) = delete;

  // Begun in the order of the calls. What the job touches must live until its future is ready.
  std::future<Status> submit(std::packaged_task<Status()> job);

 private:
  void work();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::packaged_task<Status()>> jobs_;
  bool closing_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace kraken
