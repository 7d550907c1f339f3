// Reads a file or device past the page cache. Where the file system refuses O_DIRECT (tmpfs, some FUSE), the cached
// pages are dropped before reading instead, which a tmpfs ignores: there the memory is the medium.
#pragma once

#include <filesystem>
#include <span>

#include "base/result.h"
#include "base/unique_fd.h"
#include "base/units.h"
#include "burn/aligned_buffer.h"

namespace kraken {

class DirectReader {
 public:
  // What `fd` has open, opened anew through /proc/self/fd: a name may lead elsewhere by now. `fd` stays the caller's.
  static Result<DirectReader> reopen(int fd);

  // Fills `out`; what was written before must have been flushed. kIo, or kCorrupt when the file ends before.
  Status read(Bytes offset, std::span<std::byte> out);

 private:
  DirectReader(UniqueFd fd, bool is_direct) : fd_(std::move(fd)), is_direct_(is_direct), bounce_(kBounce) {}
  Status read_window(Bytes start, std::span<std::byte> window, Bytes needed);

  static constexpr Bytes kBounce = 256 * kKiB;

  UniqueFd fd_;
  bool is_direct_;
  AlignedBuffer bounce_;
};

}  // namespace kraken
