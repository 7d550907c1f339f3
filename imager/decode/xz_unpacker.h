// Decodes the blocks of an xz file on several threads at once, each straight to its place in a file, so that no block
// is ever held in memory: a thread takes its dictionary (8 MiB by `xz -6`, 64 MiB by `xz -9`) and half a MiB, however
// large the blocks are. The image is there from its start as far as wait_past() says; behind that, with gaps.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "decode/decoder.h"
#include "decode/xz_layout.h"

namespace kraken {

struct XzPlan {
  XzLayout layout;
  unsigned threads = 0;  // at least 2
  Bytes memory = 0;      // for each
};

// Nothing when one thread has to decode the file from its start to its end: it has a single block, the limits leave no
// room for a second thread's dictionary, or something is wrong with it, which that decoder says better.
std::optional<XzPlan> plan_xz_unpacking(const BlockSource& input, const DecodeLimits& limits);

class XzUnpacker {
 public:
  // Begins at once. The file must read as zeros, and have the image's size; it stays the caller's. The input is read
  // from several threads. All three must outlive this.
  XzUnpacker(const BlockSource& input, const XzPlan& plan, int fd);
  // Stops.
  ~XzUnpacker();
  XzUnpacker(const XzUnpacker&) = delete;
  XzUnpacker& operator=(const XzUnpacker&) = delete;

  // Waits until more than `known` bytes of the image are there, and says how many. Fails as decoding and writing do.
  Result<Bytes> wait_past(Bytes known);
  // Waits until every block is there and was seen to be whole. Fails as wait_past().
  Status finish();

  // How many of the input's bytes are decoded.
  Bytes consumed() const { return consumed_.load(); }

 private:
  struct Done {
    Bytes bytes = 0;
    bool is_whole = false;
  };

  void work();
  Status unpack(std::size_t index, std::span<std::byte> piece);
  void note(std::size_t index, const Done& done);
  Bytes reached() const;
  void stop();

  const BlockSource& input_;
  const XzPlan& plan_;
  int fd_;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<bool> is_stopping_ = false;
  std::atomic<Bytes> consumed_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_.
  std::vector<Done> done_;
  std::size_t front_ = 0;  // the first block that is not whole
  std::optional<Error> failure_;
  std::vector<std::thread> threads_;  // the last member: they touch the others
};

}  // namespace kraken
