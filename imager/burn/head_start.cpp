#include "burn/head_start.h"

#include <algorithm>

#include "burn/unit_ring.h"

namespace kraken {

// A digest that was taken of all of a unit holds for its mapped part as well when the rest is zeros: and what is not
// zeros was written.
std::optional<UnitDigest> HeadStart::digest_of(std::size_t index, const Unit& unit,
                                               const std::vector<Extent>& mapped) const {
  if (index >= digests.size() || !digests[index] || unit_at(index, size).length != unit.length) return std::nullopt;
  Bytes in_map = 0;
  for (const Extent& part : mapped) in_map += total_length(there.inside(part));
  if (in_map != total_length(there.inside({unit.offset, unit.length, false}))) return std::nullopt;
  return digests[index];
}

void HeadStart::forget(const Extent& changed) {
  there.erase(changed);
  const Bytes end = std::min(changed.end(), size);
  for (Bytes at = changed.offset; at < end;) {
    const std::size_t index = unit_index(at);
    digests[index].reset();
    at = unit_at(index, size).end();
  }
}

}  // namespace kraken
