// A set of an image's 4 KiB blocks, a bit each: 32 bytes for each MiB of image. The last block may be shorter.
#pragma once

#include <vector>

#include "block/block_source.h"

namespace kraken {

class BlockSet {
 public:
  static constexpr Bytes kBlock = 4 * kKiB;

  // Of nothing.
  explicit BlockSet(Bytes image_size) : image_size_(image_size), blocks_((image_size + kBlock - 1) / kBlock) {}

  // Every block that the extent touches; what lies past the image's end is left out.
  void insert(const Extent& extent) { assign(extent, true); }
  void erase(const Extent& extent) { assign(extent, false); }

  // The parts of the extent whose blocks are in the set, and those whose are not: in order, as long as can be.
  std::vector<Extent> inside(const Extent& extent) const { return runs(extent, true); }
  std::vector<Extent> outside(const Extent& extent) const { return runs(extent, false); }

 private:
  void assign(const Extent& extent, bool value);
  std::vector<Extent> runs(const Extent& extent, bool value) const;

  Bytes image_size_;
  std::vector<bool> blocks_;
};

}  // namespace kraken
