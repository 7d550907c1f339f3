// UnitPipeline's updating: the ring's first half holds what the card has, its second half what the image has there.
#include <algorithm>

#include "burn/unit_pipeline.h"

namespace kraken {

namespace {

constexpr std::size_t kPairs = UnitRing::kSlots / 2;
// Pairs that are being read; the others may still be on their way to the card.
constexpr std::size_t kReadAhead = 5;

// Of each part the blocks that differ, joined where they touch.
std::vector<Extent> differing_blocks(UnitSlot& card, UnitSlot& image) {
  std::vector<Extent> found;
  for (const Extent& part : card.parts) {
    for (Bytes at = part.offset; at < part.end();) {
      const Extent block{at, std::min(round_down(at, BlockSet::kBlock) + BlockSet::kBlock, part.end()) - at, false};
      at = block.end();
      if (is_same(card.bytes_of(block), image.bytes_of(block))) continue;
      if (!found.empty() && found.back().end() == block.offset) {
        found.back().length += block.length;
      } else {
        found.push_back(block);
      }
    }
  }
  return found;
}

}  // namespace

Status UnitPipeline::update(UnitRange range, const UpdateSteps& steps) {
  if (!changes_) changes_ = Changes{BlockSet(image_.size()), std::vector<UnitDigest>(digests_.size())};
  return ring_.finish(update_units(mapped_units(range), steps), "comparing");
}

UnitSlot& UnitPipeline::image_beside(const UnitSlot& card) {
  return ring_.slot(ring_.place_of(card) + kPairs);
}

Status UnitPipeline::update_units(const std::vector<std::size_t>& units, const UpdateSteps& steps) {
  std::size_t reading = 0;  // units whose reading has begun
  for (std::size_t i = 0; i < units.size(); ++i) {
    for (; reading < units.size() && reading < i + kReadAhead; ++reading) {
      UnitSlot& next = ring_.slot(reading % kPairs);
      while (image_beside(next).under_way > 0) KRAKEN_TRY(wait_for_card_or_write());
      load(next, units[reading]);
      next.parts = mapped_parts(next.unit);
      KRAKEN_TRY(ring_.start_reading(next));
    }
    UnitSlot& card = ring_.slot(i % kPairs);
    while (card.under_way > 0) KRAKEN_TRY(wait_for_card_or_write());
    KRAKEN_TRY(card.work.get());
    UnitSlot& image = image_beside(card);
    if (!image.parts.empty()) KRAKEN_TRY(write_changes(image, steps));
    KRAKEN_TRY(steps.on_unit(total_length(card.parts), total_length(image.parts)));
  }
  while (!ring_.is_idle()) KRAKEN_TRY(wait_for_card_or_write());
  return ok_status();
}

Status UnitPipeline::wait_for_card_or_write() {
  KRAKEN_ASSIGN(UnitSlot * done, ring_.wait_transfer());
  if (done != nullptr && ring_.place_of(*done) < kPairs) start_comparing(*done);
  return ok_status();
}

void UnitPipeline::start_comparing(UnitSlot& card) {
  UnitSlot& image = image_beside(card);
  ring_.start_work(card, std::packaged_task<Status()>([this, &card, &image] { return compare(card, image); }));
}

Status UnitPipeline::compare(UnitSlot& card, UnitSlot& image) {
  load(image, card.index);
  KRAKEN_TRY(read_image(image.unit, image.bytes()));
  digests_[image.index] = unit_digest(image.bytes());
  image.parts = differing_blocks(card, image);
  if (image.parts.empty()) return ok_status();
  const Extent& first = image.parts.front();
  const Extent sampled{first.offset, std::min(OldContent::kSampleSize, first.length), false};
  old_.note({image.index, sampled}, card.bytes_of(sampled));
  // What will be read back: the changed blocks alone.
  fill_with_zeros(card.bytes());
  for (const Extent& part : image.parts) std::ranges::copy(image.bytes_of(part), card.bytes_of(part).begin());
  changes_->digests[image.index] = unit_digest(card.bytes());
  return ok_status();
}

Status UnitPipeline::write_changes(UnitSlot& image, const UpdateSteps& steps) {
  if (!is_prepared_) {
    while (!ring_.is_idle()) KRAKEN_TRY(wait_for_card_or_write());
    KRAKEN_TRY(steps.prepare());
    is_prepared_ = true;
  }
  for (const Extent& part : image.parts) changes_->blocks.insert(part);
  return ring_.start_writing(image);
}

Result<bool> UnitPipeline::holds(UnitRange range) {
  AlignedBuffer there(kUnitSize);
  AlignedBuffer wanted(kUnitSize);
  for (const std::size_t index : mapped_units(range)) {
    const Unit unit = unit_at(index, image_.size());
    KRAKEN_TRY(read_image(unit, wanted.first(unit.length)));
    for (const Extent& part : mapped_parts(unit)) {
      const auto found = there.first(part.length);
      const Status read = target_.read_back(part.offset, found);
      if (!read.ok()) return target_failed(target_, "comparing at byte " + std::to_string(part.offset), read.error());
      const auto image = wanted.first(unit.length).subspan(part.offset - unit.offset, part.length);
      if (!is_same(found, image)) return false;
    }
  }
  return true;
}

}  // namespace kraken
