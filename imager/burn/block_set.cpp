#include "burn/block_set.h"

#include <algorithm>

namespace kraken {

void BlockSet::assign(const Extent& extent, bool value) {
  const Bytes end = std::min(extent.end(), image_size_);
  for (Bytes at = round_down(extent.offset, kBlock); at < end; at += kBlock) blocks_[at / kBlock] = value;
}

std::vector<Extent> BlockSet::runs(const Extent& extent, bool value) const {
  std::vector<Extent> found;
  for (Bytes at = extent.offset; at < extent.end();) {
    const Bytes end = std::min(round_down(at, kBlock) + kBlock, extent.end());
    const bool is_in = at < image_size_ && blocks_[at / kBlock];
    if (is_in == value) {
      if (!found.empty() && found.back().end() == at) {
        found.back().length += end - at;
      } else {
        found.push_back({at, end - at, false});
      }
    }
    at = end;
  }
  return found;
}

}  // namespace kraken
