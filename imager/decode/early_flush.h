// Has a file that grows written to its disk step by step, so that the fsync at its end finds little left to do: of
// itself the system begins only when a tenth of the memory waits for that (vm.dirty_background_ratio).
#pragma once

#include "base/units.h"

namespace kraken {

class EarlyFlush {
 public:
  // `fd` stays the caller's.
  explicit EarlyFlush(int fd) : fd_(fd) {}

  // The file is complete up to `end`, which never shrinks. Waits only where the disk has no room for more requests.
  // Never fails: this is advice, and the fsync is what tells.
  void grown_to(Bytes end);

 private:
  int fd_;
  Bytes begun_ = 0;
};

}  // namespace kraken
