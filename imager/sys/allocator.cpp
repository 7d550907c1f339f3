#include "sys/allocator.h"

#include <malloc.h>

namespace kraken {

// Of itself glibc takes the largest block that was ever freed for small from then on, and keeps such blocks in the heap
// of the thread that freed them (mallopt(3), M_MMAP_THRESHOLD).
void give_large_blocks_back() {
  constexpr int kLarge = 512 * 1024;
  static_cast<void>(::mallopt(M_MMAP_THRESHOLD, kLarge));
}

}  // namespace kraken
