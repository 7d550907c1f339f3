// Which bytes of an image go onto a target. An extent that is not in the map is never written: on a fresh file it reads
// as zeros, so a hole may be left out there; a card has old data in it, so there a hole is written as zeros too. What
// nobody uses is left out of both, whatever the image has there.
#pragma once

#include <optional>
#include <vector>

#include "block/block_source.h"

namespace kraken {

// What the target reads as where nothing was written.
enum class UnwrittenBytes { kZeros, kOldData };

class WriteMap {
 public:
  // What is used, with kZeros without the holes in it. `used` is sorted and disjoint; nothing stands for all of the
  // image. Fails as the source's extent_at does; with kInternal when the source answers an empty extent or one past its
  // end, or `used` is not as it has to be.
  static Result<WriteMap> of(const BlockSource& image, UnwrittenBytes unwritten,
                             const std::optional<std::vector<Extent>>& used = std::nullopt);

  // Sorted, disjoint, never touching, never empty.
  const std::vector<Extent>& extents() const { return extents_; }
  Bytes mapped_bytes() const { return mapped_; }

  // The parts of the map inside [offset, offset + length), in order.
  std::vector<Extent> within(Bytes offset, Bytes length) const;

 private:
  void append(Bytes offset, Bytes length);
  Status append_data(const BlockSource& image, const Extent& part);

  std::vector<Extent> extents_;
  Bytes mapped_ = 0;
};

}  // namespace kraken
