// Reads and writes of files and devices that run while the caller goes on, several at a time: through io_uring where
// the kernel allows it, else by threads. Only this folder knows of liburing. One queue is used by one thread.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "base/result.h"
#include "base/units.h"

namespace kraken {

struct FinishedTransfer {
  std::uint64_t tag = 0;  // what the transfer was started with
  Status status;
};

class IoQueue {
 public:
  // Waits for all that is under way; how it ends is not told.
  virtual ~IoQueue() = default;

  // The bytes and the file stay the caller's, and must stay as they are until wait() has answered the tag. At most
  // depth() transfers may be under way: one more is kInternal, with nothing started. A transfer is all of the bytes,
  // whatever the system splits it into.
  virtual Status start_write(int fd, Bytes offset, std::span<const std::byte> data, std::uint64_t tag) = 0;
  virtual Status start_read(int fd, Bytes offset, std::span<std::byte> out, std::uint64_t tag) = 0;

  // Waits until any one transfer has ended. Its status is kIo, kNoSpace and the like as the system says, kCorrupt when
  // the file ends within what was to be read. kInternal when none is under way.
  virtual Result<FinishedTransfer> wait() = 0;

  virtual unsigned depth() const = 0;
};

// kUnsupported when this kernel has no io_uring or this process may not use it.
Result<std::unique_ptr<IoQueue>> open_uring_queue(unsigned depth);
std::unique_ptr<IoQueue> open_thread_queue(unsigned depth);

// The first of the two that works.
std::unique_ptr<IoQueue> open_io_queue(unsigned depth);

}  // namespace kraken
