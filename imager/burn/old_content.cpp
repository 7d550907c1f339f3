#include "burn/old_content.h"

#include <algorithm>

#include "burn/unit_ring.h"

namespace kraken {

void OldContent::note(const OldSample& sample, std::span<const std::byte> found) {
  noted_[sample.unit] = Noted{sample.place, sha256(found)};
}

void OldContent::adopt(const OldContent& other) {
  std::copy_n(other.noted_.begin(), std::min(noted_.size(), other.noted_.size()), noted_.begin());
}

void OldContent::take(UnitRing& ring, const std::vector<OldSample>& samples, Bytes image_size) {
  for (std::size_t i = 0; i < samples.size() + UnitRing::kSlots; ++i) {
    UnitSlot& slot = ring.slot(i);
    while (slot.under_way > 0) {
      const auto read = ring.wait_any_transfer();
      if (!read.ok()) return;
      UnitSlot& done = *read->slot;
      if (read->status.ok()) note({done.index, done.parts.front()}, done.bytes_of(done.parts.front()));
    }
    if (i >= samples.size()) continue;
    slot.index = samples[i].unit;
    slot.unit = unit_at(slot.index, image_size);
    slot.parts = {samples[i].place};
    if (!ring.start_reading(slot).ok()) return;
  }
}

}  // namespace kraken
