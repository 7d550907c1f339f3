// Moves an image's units (burn/image_digest.h) to a target, keeping their digests, and later back from it to compare
// with those digests. Reading the image, hashing, and the target's transfers run at the same time, so that the slowest
// of them alone sets the pace. Which units go when, and when the target is flushed, is the caller's to decide.
//
// Memory: kSlots units (16 MiB), and about 80 bytes for each unit of the image.
#pragma once

#include <array>
#include <functional>
#include <future>
#include <vector>

#include "block/block_source.h"
#include "burn/aligned_buffer.h"
#include "burn/image_digest.h"
#include "burn/target.h"
#include "burn/work_pool.h"
#include "burn/write_map.h"

namespace kraken {

// The units [first, end).
struct UnitRange {
  std::size_t first = 0;
  std::size_t end = 0;
};

class UnitPipeline {
 public:
  // Told, from the calling thread, how many bytes of a unit have just been moved; a failure ends the work.
  using OnUnit = std::function<Status(Bytes moved)>;

  // Owns none of the three, which must outlive it. The image is read from several threads at a time.
  UnitPipeline(const BlockSource& image, Target& target, const WriteMap& map);
  ~UnitPipeline();
  UnitPipeline(const UnitPipeline&) = delete;
  UnitPipeline& operator=(const UnitPipeline&) = delete;

  std::size_t unit_count() const { return digests_.size(); }

  // Notes what the target holds now at the start of each unit, to tell old content from damage when verify() finds a
  // difference. What cannot be read is not noted.
  void sample(UnitRange range);
  // Fails as the image's read() does, as `on_unit` does, or with kWriteFailed. No transfer is under way afterwards.
  Status write(UnitRange range, const OnUnit& on_unit);
  // kWriteFailed when the target cannot be read, or reads otherwise than what was written: then with the offset of the
  // first such byte and what is there instead. Only for units that were written, after target.sync().
  Status verify(UnitRange range, const OnUnit& on_unit);

  // Of what was read from the image so far.
  Sha256Digest digest() const { return image_digest(image_.size(), digests_); }

 private:
  static constexpr std::size_t kSlots = 16;
  static constexpr std::size_t kMaxWriting = 8;  // slots; the others are being filled meanwhile
  static constexpr std::size_t kHashingBehind = 4;
  static constexpr Bytes kSampleSize = 4 * kKiB;

  // A unit on its way.
  struct Slot {
    AlignedBuffer buffer{kUnitSize};
    std::size_t index = 0;
    Unit unit;
    std::vector<Extent> parts;  // of the unit: what the map has of it
    std::size_t under_way = 0;  // transfers
    std::future<Status> work;   // reading the image and hashing, or hashing
    UnitDigest found;           // when verifying
    std::span<std::byte> bytes() { return buffer.first(unit.length); }
    std::span<std::byte> bytes_of(const Extent& part) {
      return bytes().subspan(part.offset - unit.offset, part.length);
    }
  };

  struct Failure {
    Bytes offset = 0;
    Error error;
  };

  std::vector<std::size_t> mapped_units(UnitRange range) const;
  void load(Slot& slot, std::size_t index) const;
  Status read_image(const Unit& unit, std::span<std::byte> out) const;
  void sample_units(const std::vector<std::size_t>& units);
  Status write_units(const std::vector<std::size_t>& units, const OnUnit& on_unit);
  Status verify_units(const std::vector<std::size_t>& units, const OnUnit& on_unit);
  void start_reading_image(Slot& slot, std::size_t index);
  Status start_writing(Slot& slot);
  Status start_reading_back(Slot& slot, std::size_t index);
  void start_hashing(Slot& slot);
  Status check_digest(Slot& slot);
  // Waits for one transfer; answers the slot whose last one it was, if so.
  Result<Slot*> wait_transfer();
  void note_failure(const FinishedTransfer& transfer);
  // Waits for all that is under way, whatever comes of it: buffers and the target are idle afterwards.
  void settle();
  // Settles, and says where a transfer failed if that is what ended the work.
  Status finish(const Status& result, std::string_view doing);
  Error mismatch(Slot& slot);
  std::string_view kind_of(Slot& slot, std::span<const std::byte> wanted, Bytes at) const;

  const BlockSource& image_;
  Target& target_;
  const WriteMap& map_;
  std::vector<UnitDigest> digests_;
  std::vector<std::optional<Sha256Digest>> samples_;  // by unit, of its first part's start
  std::vector<Slot> slots_;
  std::size_t transfers_ = 0;
  std::optional<Failure> failure_;
  WorkPool pool_;  // the last member: its jobs touch the others
};

// The error that a failing target's answer becomes: kWriteFailed, with the target's name in front.
Error target_failed(const Target& target, std::string_view doing, const Error& error);

}  // namespace kraken
