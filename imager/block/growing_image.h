// An image that one thread makes, from its start to its end, while others already read what there is of it. Nobody
// knows yet whether it will be whole: that is told elsewhere, later.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>

#include "base/unique_fd.h"
#include "block/block_source.h"

namespace kraken {

class GrowingImage {
 public:
  GrowingImage() = default;
  GrowingImage(const GrowingImage&) = delete;
  GrowingImage& operator=(const GrowingImage&) = delete;

  // For who makes it. It is going to have `size` bytes, and grows in the file that `fd` has open, which stays the
  // caller's. Without a call, nobody follows.
  Status begin(int fd, Bytes size);
  // The first `end` bytes are there and stay as they are.
  void grow(Bytes end);
  // No more will come. May be called again.
  void end();

  // For who follows, on any number of threads. A wait ends too when `stop` was set, and wake() called then.
  // Waits until it has begun, and says how large it will be; nothing when it ended without.
  std::optional<Bytes> wait_for_size(const std::atomic<bool>& stop);
  // Waits until there is more than `known`, or the end, and says how much there is.
  Bytes wait_past(Bytes known, const std::atomic<bool>& stop);
  void wake();
  Bytes reached() const;
  // Only of what is there. Fails as BlockSource::read() does.
  Status read(Bytes offset, std::span<std::byte> out) const;

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  UniqueFd fd_;
  std::optional<Bytes> size_;
  Bytes reached_ = 0;
  bool ended_ = false;
};

}  // namespace kraken
