#include "burn/write_map.h"

#include <algorithm>

namespace kraken {

void WriteMap::append(Bytes offset, Bytes length) {
  if (!extents_.empty() && extents_.back().end() == offset) {
    extents_.back().length += length;
  } else {
    extents_.push_back(Extent{offset, length, false});
  }
  mapped_ += length;
}

Result<WriteMap> WriteMap::of(const BlockSource& image, UnwrittenBytes unwritten) {
  WriteMap map;
  const Bytes size = image.size();
  if (unwritten == UnwrittenBytes::kOldData) {
    if (size > 0) map.append(0, size);
    return map;
  }
  for (Bytes offset = 0; offset < size;) {
    KRAKEN_ASSIGN(const Extent extent, image.extent_at(offset));
    if (extent.offset != offset || extent.length == 0 || extent.length > size - offset) {
      return Error(ErrorCode::kInternal, "the image's extent at " + std::to_string(offset) + " cannot be");
    }
    if (!extent.is_hole) map.append(offset, extent.length);
    offset = extent.end();
  }
  return map;
}

std::vector<Extent> WriteMap::within(Bytes offset, Bytes length) const {
  const Bytes end = offset + length;
  std::vector<Extent> parts;
  auto it = std::ranges::upper_bound(extents_, offset, {}, &Extent::end);
  for (; it != extents_.end() && it->offset < end; ++it) {
    const Bytes from = std::max(it->offset, offset);
    parts.push_back(Extent{from, std::min(it->end(), end) - from, false});
  }
  return parts;
}

}  // namespace kraken
