// Writes an image to a target so that a failure at any moment leaves nothing that boots half-written: the head is
// cleared first and its boot block written last, after everything else, the clearing of a card's end among it, was
// flushed, read back past the page cache and compared. It does not choose or open targets, and asks nobody. Uses 18 MiB
// of memory and at most 250 bytes for each MiB of image: 26 MiB for a card of 32 GB.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "block/block_source.h"
#include "burn/card_head.h"
#include "burn/head_start.h"
#include "burn/target.h"

namespace kraken {

enum class VerifyMode { kReadBack, kNone };

// Whether a device is looked at for a capacity that it does not have: burn/probe.h.
enum class ProbeMode { kNone, kBeforeWriting };

// Whether everything is written, or the target is read first and only what differs is written. A new file has nothing
// to be compared with: kInvalidArgument.
enum class WriteMode { kAll, kDifferences };

enum class BurnPhase { kCompare, kWrite, kFlush, kVerify };

struct BurnProgress {
  BurnPhase phase = BurnPhase::kWrite;
  Bytes done = 0;
  Bytes total = 0;
};

struct BurnOptions {
  VerifyMode verify = VerifyMode::kReadBack;
  ProbeMode probe = ProbeMode::kNone;
  // What of the image is written (burn/write_map.h); nothing: all of it.
  std::optional<std::vector<Extent>> used;
  WriteMode mode = WriteMode::kAll;
  // With kDifferences: left in the head while the card is half updated, and gone when it is done.
  std::optional<HeadMark> mark = std::nullopt;
  // With kAll, what an EarlyWriter (burn/early_writer.h) has already done to this target: the head is cleared, the card
  // probed, and what the head start names is there. Null: nothing.
  const HeadStart* head_start = nullptr;
  // Looked at between blocks; null: cannot be stopped.
  const std::atomic<bool>* stop = nullptr;
  // Called between blocks, from the calling thread; may be empty.
  std::function<void(const BurnProgress&)> progress;
};

struct BurnReport {
  Bytes image_size = 0;
  Bytes compared = 0;  // with WriteMode::kDifferences: bytes that were read from the target first; otherwise 0
  Bytes written = 0;   // bytes of the image that were written, zeros included; without the clearing of head and end
  Bytes early = 0;     // bytes that were written while the base was being decoded, needed or not
  Bytes verified = 0;  // bytes read back and compared after writing; 0 with VerifyMode::kNone
  // What the image is, wherever it was written: see image_digest.h. The same for a file and a card.
  std::string image_sha256;
  // Which bytes were written where, or were there already: SHA-256 over each extent of the write map (offset, then
  // length, both as 64-bit little-endian) in order, then the 32 bytes of image_sha256's digest.
  std::string sha256_written;
  double seconds_write = 0;   // until the last flush returned; with comparing
  double seconds_verify = 0;  // reading back and comparing
};

// The image is read from several threads at a time. Ends with target.publish(). Fails with
//   kTargetRefused  the image does not fit; nothing was written
//   kWriteFailed    naming the target, the offset and the cause, or the first byte that reads back differently
//   kBaseImage      the image cannot be read
//   kInterrupted    the stop flag was set
// and as the image's extent_at() does. After a failure the head of a device is zeros, the mark apart (or, when even
// clearing it fails, the message says so), and a file is left to its target to remove. With kDifferences a device on
// which no difference was found yet is as it was.
Result<BurnReport> burn_image(const BlockSource& image, Target& target, const BurnOptions& options);

}  // namespace kraken
