// Moves one unit of an image at a time: from the source to the target, keeping its digest, and later back from the
// target to compare with that digest. What order the units go in, and when the target is flushed, is the caller's to
// decide.
#pragma once

#include <vector>

#include "block/block_source.h"
#include "burn/aligned_buffer.h"
#include "burn/image_digest.h"
#include "burn/target.h"
#include "burn/write_map.h"

namespace kraken {

class UnitCopier {
 public:
  // Owns none of the three, which must outlive it.
  UnitCopier(const BlockSource& image, Target& target, const WriteMap& map);

  std::size_t unit_count() const { return digests_.size(); }

  // Both answer the number of bytes that were moved: those of the unit that are in the map.
  // Fails as the image's read() does, or with kWriteFailed.
  Result<Bytes> write(std::size_t index);
  // kWriteFailed when the target cannot be read, or reads otherwise than what was written: then with the offset of the
  // first such byte and what is there instead. Only for a unit that was written, after target.sync().
  Result<Bytes> verify(std::size_t index);

  // Of what was read from the image so far.
  Sha256Digest digest() const { return image_digest(image_.size(), digests_); }

 private:
  Status read_image(const Unit& unit, std::span<std::byte> out) const;
  Error mismatch(const Unit& unit, std::span<const std::byte> found);

  const BlockSource& image_;
  Target& target_;
  const WriteMap& map_;
  std::vector<UnitDigest> digests_;
  AlignedBuffer buffer_{kUnitSize};
};

// The error that a failing target's answer becomes: kWriteFailed, with the target's name in front.
Error target_failed(const Target& target, std::string_view doing, const Error& error);

}  // namespace kraken
