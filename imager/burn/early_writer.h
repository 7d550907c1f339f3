// Writes an image to a card while it is still being decoded, in a thread of its own: all that is not zeros, behind the
// head, as far as it is there. Nothing of it is believed: the card is unbootable from the start, and burn_image() goes
// over everything again once it is known what the image is. Zeros are left to it too, for most of them need not be
// written.
//
// Memory: that of a UnitRing and about 150 bytes for each MiB of image.
#pragma once

#include <atomic>
#include <optional>
#include <thread>

#include "block/growing_image.h"
#include "block/overlay.h"
#include "burn/head_start.h"
#include "burn/target.h"
#include "burn/unit_ring.h"
#include "burn/writer.h"

namespace kraken {

struct EarlyOptions {
  Bytes max_image = 0;  // a larger one is not begun: it will be refused, and the card left as it is
  VerifyMode verify = VerifyMode::kReadBack;
  ProbeMode probe = ProbeMode::kNone;
};

class EarlyWriter {
 public:
  // The image and the target must outlive it, and the target is its own until hand_over().
  EarlyWriter(GrowingImage& image, Target& target, const EarlyOptions& options);
  // Stops. What was written does not boot.
  ~EarlyWriter();
  EarlyWriter(const EarlyWriter&) = delete;
  EarlyWriter& operator=(const EarlyWriter&) = delete;

  // For any thread. Bytes written so far, and the image's size once it is known that there is something to write.
  Bytes written() const { return written_.load(); }
  Bytes total() const { return total_.load(); }
  bool has_failed() const { return has_failed_.load(); }

  // Ends writing at once, when the image was decoded and found to be what it should be. `image` is the node's, made
  // upon that one. Nothing when writing never began: the target is as it was. kWriteFailed and kBaseImage as
  // burn_image() says it.
  Result<std::optional<HeadStart>> hand_over(const Overlay& image);
  // The same when there is no image after all: why the target could not be written, if that is so.
  Status give_up();

 private:
  static constexpr std::size_t kMaxWriting = 8;
  static constexpr std::size_t kFillAhead = UnitRing::kSlots - kMaxWriting;

  void stop();
  Status run();
  Status prepare();
  Status follow();
  Status write_next();
  Status finish_one();
  void start_filling(std::size_t index);
  Status fill(UnitSlot& slot) const;
  void note_done(UnitSlot& slot);

  GrowingImage& image_;
  Target& target_;
  EarlyOptions options_;
  std::atomic<Bytes> written_ = 0;
  std::atomic<Bytes> total_ = 0;
  std::atomic<bool> has_failed_ = false;
  std::atomic<bool> is_stopping_ = false;
  // The thread's own until it was joined.
  std::optional<HeadStart> start_;
  std::optional<UnitRing> ring_;
  std::size_t filling_ = 0;  // the next unit to be read
  std::size_t next_ = 0;     // the next unit to be written
  std::size_t writing_ = 0;  // slots with transfers under way
  Status result_;
  std::thread thread_;
};

}  // namespace kraken
