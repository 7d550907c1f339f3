#include "queue/io_queue.h"

namespace kraken {

std::unique_ptr<IoQueue> open_io_queue(unsigned depth) {
  auto ring = open_uring_queue(depth);
  return ring.ok() ? std::move(ring).value() : open_thread_queue(depth);
}

}  // namespace kraken
