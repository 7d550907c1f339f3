// Moves an image's units (burn/image_digest.h) to a target, keeping their digests, and later back from it to compare
// with those digests. Reading the image, hashing, and the target's transfers run at the same time, so that the slowest
// of them alone sets the pace. Which units go when, and when the target is flushed, is the caller's to decide.
//
// Memory: that of a UnitRing, and about 100 bytes for each unit of the image; with update() 80 bytes more.
#pragma once

#include <functional>
#include <vector>

#include "block/block_source.h"
#include "burn/block_set.h"
#include "burn/head_start.h"
#include "burn/image_digest.h"
#include "burn/old_content.h"
#include "burn/target.h"
#include "burn/unit_ring.h"
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
  // What the head start has brought there is not written again.
  void adopt(const HeadStart& head_start);

  std::size_t unit_count() const { return digests_.size(); }

  // Notes what the target holds now at the start of each unit, to tell old content from damage when verify() finds a
  // difference. What cannot be read is not noted.
  void sample(UnitRange range);
  // kBaseImage when the image cannot be read, kWriteFailed when the target cannot be written; fails as `on_unit` does
  // too. No transfer is under way afterwards.
  // What is not written because it is there already counts as moved.
  Status write(UnitRange range, const OnUnit& on_unit);

  struct UpdateSteps {
    // Before the first write, with no transfer under way.
    std::function<Status()> prepare;
    // After each unit.
    std::function<Status(Bytes compared, Bytes written)> on_unit;
  };
  // Reads the target, compares it by blocks of 4 KiB with the image, and writes those that differ. Fails as write()
  // does, and with kWriteFailed when the target cannot be read. verify() then reads back what was written.
  Status update(UnitRange range, const UpdateSteps& steps);
  // Whether the target holds these units already; with nothing else under way, and only for a few.
  Result<bool> holds(UnitRange range);

  // kWriteFailed when the target cannot be read, or reads otherwise than what was written: then with the offset of the
  // first such byte and what is there instead. Only for units that were written, after target.sync().
  Status verify(UnitRange range, const OnUnit& on_unit);

  // Of what was read from the image so far.
  Sha256Digest digest() const { return image_digest(image_.size(), digests_); }

 private:
  static constexpr std::size_t kMaxWriting = 8;  // slots; the others are being filled meanwhile
  static constexpr std::size_t kHashingBehind = 4;

  // What update() has written.
  struct Changes {
    BlockSet blocks;
    std::vector<UnitDigest> digests;  // by unit, of the changed blocks alone
  };

  std::vector<std::size_t> mapped_units(UnitRange range) const;
  std::vector<Extent> mapped_parts(const Unit& unit) const { return map_.within(unit.offset, unit.length); }
  std::vector<Extent> parts_to_write(const Unit& unit) const;
  std::vector<Extent> parts_to_verify(const Unit& unit) const;
  const UnitDigest& wanted_digest(std::size_t index) const {
    return changes_ ? changes_->digests[index] : digests_[index];
  }
  void load(UnitSlot& slot, std::size_t index) const;
  Status read_part(const Extent& part, std::span<std::byte> out) const;
  Status read_image(const Unit& unit, std::span<std::byte> out) const;

  Status write_units(const std::vector<std::size_t>& units, const OnUnit& on_unit);
  void start_reading_image(UnitSlot& slot, std::size_t index);
  Status fill(UnitSlot& slot);

  Status update_units(const std::vector<std::size_t>& units, const UpdateSteps& steps);
  void start_comparing(UnitSlot& card);
  Status compare(UnitSlot& card, UnitSlot& image);
  Status wait_for_card_or_write();
  Status write_changes(UnitSlot& image, const UpdateSteps& steps);
  UnitSlot& image_beside(const UnitSlot& card);

  Status verify_units(const std::vector<std::size_t>& units, const OnUnit& on_unit);
  Status start_reading_back(UnitSlot& slot, std::size_t index);
  void start_hashing(UnitSlot& slot);
  Status check_digest(UnitSlot& slot);
  Error mismatch(UnitSlot& slot);
  std::string_view kind_of(UnitSlot& slot, std::span<const std::byte> wanted, Bytes at) const;

  const BlockSource& image_;
  Target& target_;
  const WriteMap& map_;
  std::vector<UnitDigest> digests_;
  OldContent old_;
  const HeadStart* head_start_ = nullptr;
  std::optional<Changes> changes_;
  bool is_prepared_ = false;
  UnitRing ring_;  // the last member: its jobs touch the others
};

}  // namespace kraken
