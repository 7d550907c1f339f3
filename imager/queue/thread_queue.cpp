#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "queue/io_queue.h"
#include "sys/files.h"

namespace kraken {

namespace {

// Enough to keep a card or a disk busy; more only cost stacks.
constexpr unsigned kMaxThreads = 8;

struct Job {
  int fd = -1;
  Bytes offset = 0;
  std::span<const std::byte> data;  // to write; empty when reading
  std::span<std::byte> out;
  std::uint64_t tag = 0;

  Status run() const { return data.empty() ? read_all_at(fd, offset, out) : write_all_at(fd, offset, data); }
};

class ThreadQueue : public IoQueue {
 public:
  explicit ThreadQueue(unsigned depth) : depth_(depth) {
    for (unsigned i = 0; i < std::min(depth, kMaxThreads); ++i) threads_.emplace_back([this] { work(); });
  }
  ThreadQueue(const ThreadQueue&) = delete;
  ThreadQueue& operator=(const ThreadQueue&) = delete;
  ~ThreadQueue() override {
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  Status start_write(int fd, Bytes offset, std::span<const std::byte> data, std::uint64_t tag) override {
    return start({fd, offset, data, {}, tag});
  }
  Status start_read(int fd, Bytes offset, std::span<std::byte> out, std::uint64_t tag) override {
    return start({fd, offset, {}, out, tag});
  }

  Result<FinishedTransfer> wait() override {
    std::unique_lock lock(mutex_);
    if (under_way_ == 0) return Error(ErrorCode::kInternal, "nothing to wait for is under way");
    finished_.wait(lock, [this] { return !done_.empty(); });
    FinishedTransfer transfer = std::move(done_.front());
    done_.pop_front();
    --under_way_;
    return transfer;
  }

  unsigned depth() const override { return depth_; }

 private:
  Status start(const Job& job) {
    {
      const std::lock_guard lock(mutex_);
      if (under_way_ == depth_) return Error(ErrorCode::kInternal, "too many transfers are under way");
      ++under_way_;
      jobs_.push_back(job);
    }
    changed_.notify_one();
    return ok_status();
  }

  void work() {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return closing_ || !jobs_.empty(); });
      if (jobs_.empty()) return;
      const Job job = jobs_.front();
      jobs_.pop_front();
      lock.unlock();
      const Status status = job.run();
      lock.lock();
      done_.push_back({job.tag, status});
      finished_.notify_one();
    }
  }

  unsigned depth_;
  std::mutex mutex_;
  std::condition_variable changed_;   // jobs_ or closing_
  std::condition_variable finished_;  // done_
  std::deque<Job> jobs_;
  std::deque<FinishedTransfer> done_;
  unsigned under_way_ = 0;  // started, and not answered by wait()
  bool closing_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace

std::unique_ptr<IoQueue> open_thread_queue(unsigned depth) {
  return std::make_unique<ThreadQueue>(depth);
}

}  // namespace kraken
