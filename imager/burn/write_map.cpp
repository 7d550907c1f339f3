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

Status WriteMap::append_data(const BlockSource& image, const Extent& part) {
  for (Bytes offset = part.offset; offset < part.end();) {
    KRAKEN_ASSIGN(const Extent extent, image.extent_at(offset));
    if (extent.offset != offset || extent.length == 0 || extent.length > image.size() - offset) {
      return Error(ErrorCode::kInternal, "the image's extent at " + std::to_string(offset) + " cannot be");
    }
    if (!extent.is_hole) append(offset, std::min(extent.end(), part.end()) - offset);
    offset = extent.end();
  }
  return ok_status();
}

Result<WriteMap> WriteMap::of(const BlockSource& image, UnwrittenBytes unwritten,
                              const std::optional<std::vector<Extent>>& used) {
  const std::vector<Extent> all{{0, image.size(), false}};
  WriteMap map;
  Bytes end = 0;
  for (const Extent& part : used ? *used : all) {
    if (part.length == 0) continue;
    if (part.offset < end || part.length > image.size() || part.offset > image.size() - part.length) {
      return Error(ErrorCode::kInternal, "the used extent at " + std::to_string(part.offset) + " cannot be");
    }
    end = part.end();
    if (unwritten == UnwrittenBytes::kOldData) {
      map.append(part.offset, part.length);
    } else {
      KRAKEN_TRY(map.append_data(image, part));
    }
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
