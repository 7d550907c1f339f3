// Writes an image to a file from its start and hashes it, both on a thread of its own, so that decoding goes on
// meanwhile. Zeros become holes. The file must be empty and stays the caller's; push() and finish() are for one thread.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "crypto/digest.h"
#include "decode/early_flush.h"

namespace kraken {

class ImageWriter {
 public:
  using Buffer = std::vector<std::byte>;
  static constexpr Bytes kBufferSize = kMiB;

  // `on_written` is told from the writer's thread how far the file is complete; may be empty.
  using OnWritten = std::function<void(Bytes end)>;

  explicit ImageWriter(int fd, OnWritten on_written = {});
  ImageWriter(const ImageWriter&) = delete;
  ImageWriter& operator=(const ImageWriter&) = delete;
  // Without finish() before, the file is left as far as it came.
  ~ImageWriter();

  // A buffer of kBufferSize to fill: used again and again, for there are only a few. Waits for one.
  Buffer take_buffer();
  // Takes the first `used` bytes of the buffer. All but the last must be full. Fails when an earlier write failed.
  Status push(Buffer buffer, std::size_t used);

  struct Written {
    Bytes size = 0;
    Sha256Digest digest{};
  };
  // Waits until all is written, and gives the file its size. Does not sync. Once.
  Result<Written> finish();

 private:
  struct Piece {
    Buffer buffer;
    std::size_t used = 0;
  };
  void run();
  Status write_piece(const Piece& piece);
  void stop();

  int fd_;
  OnWritten on_written_;
  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_.
  std::deque<Piece> queue_;
  std::vector<Buffer> free_;
  bool closed_ = false;
  std::optional<Error> failure_;
  // The thread's own until it was joined.
  Bytes size_ = 0;
  Sha256 hash_;
  EarlyFlush flush_;
  std::thread thread_;
};

}  // namespace kraken
