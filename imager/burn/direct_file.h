// A file or device that is read and written past the page cache, with several transfers under way at a time. Where the
// file system refuses O_DIRECT (tmpfs, some FUSE), the page cache is used, and its pages are dropped before reading,
// which a tmpfs ignores: there the memory is the medium. Used by one thread.
#pragma once

#include <deque>
#include <memory>

#include "base/unique_fd.h"
#include "queue/io_queue.h"

namespace kraken {

class DirectFile {
 public:
  // What `fd` has open, opened anew through /proc/self/fd: a name may lead elsewhere by now. `fd` stays the caller's.
  static Result<DirectFile> reopen(int fd);
  // The same from one file opened twice by somebody else: through the page cache, and with O_DIRECT.
  static DirectFile from(UniqueFd cached, UniqueFd direct);

  // As IoQueue has them, but any number at a time: what the queue has no room for waits here. Fast where offset, length
  // and address are multiples of AlignedBuffer::kAlignment; otherwise it takes the page cache, or a copy. What was
  // written has to be flushed before it is read.
  Status start_write(Bytes offset, std::span<const std::byte> data, std::uint64_t tag);
  Status start_read(Bytes offset, std::span<std::byte> out, std::uint64_t tag);
  Result<FinishedTransfer> wait();

  // Fills `out`, with no other transfer under way. kIo, or kCorrupt when the file ends before.
  Status read(Bytes offset, std::span<std::byte> out);

  bool is_direct() const { return direct_.valid(); }

 private:
  DirectFile(UniqueFd cached, UniqueFd direct, std::unique_ptr<IoQueue> queue)
      : cached_(std::move(cached)), direct_(std::move(direct)), queue_(std::move(queue)) {}
  struct Transfer {
    int fd = -1;
    Bytes offset = 0;
    std::span<const std::byte> data;  // to write; empty when reading
    std::span<std::byte> out;
    std::uint64_t tag = 0;
  };

  Status start(const Transfer& transfer);
  Status read_unaligned(Bytes offset, std::span<std::byte> out) const;

  UniqueFd cached_;
  UniqueFd direct_;  // invalid where O_DIRECT is refused
  std::deque<FinishedTransfer> done_at_once_;
  std::deque<Transfer> backlog_;
  unsigned under_way_ = 0;
  std::unique_ptr<IoQueue> queue_;  // the last member: it waits for what uses the others
};

}  // namespace kraken
