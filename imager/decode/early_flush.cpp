#include "decode/early_flush.h"

#include <fcntl.h>

namespace kraken {

namespace {

// Large enough for the file system to lay it out in one extent.
constexpr Bytes kStep = 8 * kMiB;

}  // namespace

void EarlyFlush::grown_to(Bytes end) {
  if (end < begun_ + kStep) return;
  static_cast<void>(::sync_file_range(fd_, static_cast<off_t>(begun_), static_cast<off_t>(end - begun_),
                                      SYNC_FILE_RANGE_WRITE));
  begun_ = end;
}

}  // namespace kraken
