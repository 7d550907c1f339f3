#include "decode/sparse_write.h"

#include <algorithm>

#include "base/bytes.h"
#include "sys/files.h"

namespace kraken {

namespace {

// The block of the file systems that a cache lies on; a smaller hole saves nothing.
constexpr std::size_t kHole = 4 * kKiB;

}  // namespace

// Each run of blocks that are not zero is one write.
Status write_sparsely(int fd, Bytes offset, std::span<const std::byte> data) {
  std::size_t start = 0;
  while (start < data.size()) {
    std::size_t end = start;
    const auto block = [&](std::size_t at) { return data.subspan(at, std::min(kHole, data.size() - at)); };
    while (end < data.size() && !is_zero(block(end))) end += block(end).size();
    if (end > start) KRAKEN_TRY(write_all_at(fd, offset + start, data.subspan(start, end - start)));
    while (end < data.size() && is_zero(block(end))) end += block(end).size();
    start = end;
  }
  return ok_status();
}

}  // namespace kraken
