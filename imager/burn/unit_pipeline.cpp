#include "burn/unit_pipeline.h"

#include <algorithm>

namespace kraken {

namespace {

// The first byte of the parts that differs, as an index into both; nothing when none does.
std::optional<std::size_t> first_difference(const std::vector<Extent>& parts, Bytes start,
                                            std::span<const std::byte> wanted, std::span<const std::byte> found) {
  for (const auto& part : parts) {
    for (Bytes i = part.offset - start; i < part.end() - start; ++i) {
      if (wanted[i] != found[i]) return i;
    }
  }
  return std::nullopt;
}

bool is_within(const Extent& place, const std::vector<Extent>& parts) {
  return std::ranges::any_of(
      parts, [&](const Extent& part) { return part.offset <= place.offset && place.end() <= part.end(); });
}

}  // namespace

UnitPipeline::UnitPipeline(const BlockSource& image, Target& target, const WriteMap& map)
    : image_(image),
      target_(target),
      map_(map),
      digests_(kraken::unit_count(image.size())),
      old_(digests_.size()),
      ring_(target) {}

void UnitPipeline::adopt(const HeadStart& head_start) {
  head_start_ = &head_start;
  old_.adopt(head_start.old);
}

std::vector<std::size_t> UnitPipeline::mapped_units(UnitRange range) const {
  std::vector<std::size_t> units;
  for (std::size_t i = range.first; i < range.end; ++i) {
    if (!mapped_parts(unit_at(i, image_.size())).empty()) units.push_back(i);
  }
  return units;
}

std::vector<Extent> UnitPipeline::parts_to_write(const Unit& unit) const {
  std::vector<Extent> mapped = mapped_parts(unit);
  if (head_start_ == nullptr) return mapped;
  std::vector<Extent> parts;
  for (const Extent& part : mapped) {
    const auto missing = head_start_->there.outside(part);
    parts.insert(parts.end(), missing.begin(), missing.end());
  }
  return parts;
}

std::vector<Extent> UnitPipeline::parts_to_verify(const Unit& unit) const {
  std::vector<Extent> mapped = mapped_parts(unit);
  if (!changes_) return mapped;
  std::vector<Extent> parts;
  for (const Extent& part : mapped) {
    const auto changed = changes_->blocks.inside(part);
    parts.insert(parts.end(), changed.begin(), changed.end());
  }
  return parts;
}

void UnitPipeline::load(UnitSlot& slot, std::size_t index) const {
  slot.index = index;
  slot.unit = unit_at(index, image_.size());
}

// Where the image cannot be read it is its base that cannot: the rest of it is in memory.
Status UnitPipeline::read_part(const Extent& part, std::span<std::byte> out) const {
  return image_.read(part.offset, out).with_context("reading the image").recode(ErrorCode::kBaseImage);
}

// What the map leaves out stays zero, as image_digest.h defines it.
Status UnitPipeline::read_image(const Unit& unit, std::span<std::byte> out) const {
  fill_with_zeros(out);
  for (const auto& part : mapped_parts(unit)) {
    KRAKEN_TRY(read_part(part, out.subspan(part.offset - unit.offset, part.length)));
  }
  return ok_status();
}

void UnitPipeline::sample(UnitRange range) {
  std::vector<OldSample> samples;
  for (const std::size_t index : mapped_units(range)) {
    const Extent first = mapped_parts(unit_at(index, image_.size())).front();
    samples.push_back({index, {first.offset, std::min(OldContent::kSampleSize, first.length), false}});
  }
  old_.take(ring_, samples, image_.size());
  ring_.settle();
}

Status UnitPipeline::write(UnitRange range, const OnUnit& on_unit) {
  return ring_.finish(write_units(mapped_units(range), on_unit), "writing");
}

// Filled slots follow one another to the target in the image's order, as a card likes it.
Status UnitPipeline::write_units(const std::vector<std::size_t>& units, const OnUnit& on_unit) {
  std::size_t filling = 0;  // units whose reading has begun
  std::size_t writing = 0;  // slots with transfers under way
  const auto finish_one = [&]() -> Status {
    KRAKEN_ASSIGN(const UnitSlot* done, ring_.wait_transfer());
    if (done == nullptr) return ok_status();
    --writing;
    return on_unit(total_length(mapped_parts(done->unit)));
  };
  // Slots are taken in a ring; the one that comes next may still be on its way when others have overtaken it.
  for (std::size_t i = 0; i < units.size(); ++i) {
    while (writing >= kMaxWriting) KRAKEN_TRY(finish_one());
    for (; filling < units.size() && filling < i + UnitRing::kSlots - kMaxWriting; ++filling) {
      UnitSlot& next = ring_.slot(filling);
      while (next.under_way > 0) KRAKEN_TRY(finish_one());
      start_reading_image(next, units[filling]);
    }
    UnitSlot& slot = ring_.slot(i);
    KRAKEN_TRY(slot.work.get());
    if (slot.parts.empty()) {
      KRAKEN_TRY(on_unit(total_length(mapped_parts(slot.unit))));
      continue;
    }
    KRAKEN_TRY(ring_.start_writing(slot));
    ++writing;
  }
  while (writing > 0) KRAKEN_TRY(finish_one());
  return ok_status();
}

void UnitPipeline::start_reading_image(UnitSlot& slot, std::size_t index) {
  load(slot, index);
  ring_.start_work(slot, std::packaged_task<Status()>([this, &slot] { return fill(slot); }));
}

Status UnitPipeline::fill(UnitSlot& slot) {
  slot.parts = parts_to_write(slot.unit);
  const auto known =
      head_start_ == nullptr ? std::nullopt : head_start_->digest_of(slot.index, slot.unit, mapped_parts(slot.unit));
  if (!known) {
    KRAKEN_TRY(read_image(slot.unit, slot.bytes()));
    digests_[slot.index] = unit_digest(slot.bytes());
    return ok_status();
  }
  digests_[slot.index] = *known;
  for (const Extent& part : slot.parts) {
    KRAKEN_TRY(read_part(part, slot.bytes_of(part)));
  }
  return ok_status();
}

Status UnitPipeline::verify(UnitRange range, const OnUnit& on_unit) {
  std::vector<std::size_t> units;
  for (const std::size_t index : mapped_units(range)) {
    if (!parts_to_verify(unit_at(index, image_.size())).empty()) units.push_back(index);
  }
  return ring_.finish(verify_units(units, on_unit), "verifying");
}

// Hashing lags a few units behind reading, so that no thread waits for another one.
Status UnitPipeline::verify_units(const std::vector<std::size_t>& units, const OnUnit& on_unit) {
  std::size_t reading = 0;  // units whose reading has begun
  const auto check = [&](std::size_t i) -> Status {
    UnitSlot& slot = ring_.slot(i);
    KRAKEN_TRY(check_digest(slot));
    return on_unit(total_length(slot.parts));
  };
  for (std::size_t i = 0; i < units.size() + kHashingBehind; ++i) {
    for (; reading < units.size() && reading < i + UnitRing::kSlots - kHashingBehind; ++reading) {
      KRAKEN_TRY(start_reading_back(ring_.slot(reading), units[reading]));
    }
    if (i < units.size()) {
      while (ring_.slot(i).under_way > 0) {
        KRAKEN_ASSIGN(UnitSlot * read, ring_.wait_transfer());
        if (read != nullptr) start_hashing(*read);
      }
    }
    if (i >= kHashingBehind) KRAKEN_TRY(check(i - kHashingBehind));
  }
  return ok_status();
}

Status UnitPipeline::start_reading_back(UnitSlot& slot, std::size_t index) {
  load(slot, index);
  slot.parts = parts_to_verify(slot.unit);
  fill_with_zeros(slot.bytes());
  return ring_.start_reading(slot);
}

void UnitPipeline::start_hashing(UnitSlot& slot) {
  ring_.start_work(slot, std::packaged_task<Status()>([&slot] {
                     slot.found = unit_digest(slot.bytes());
                     return ok_status();
                   }));
}

Status UnitPipeline::check_digest(UnitSlot& slot) {
  KRAKEN_TRY(slot.work.get());
  return slot.found == wanted_digest(slot.index) ? ok_status() : Status(mismatch(slot));
}

// Old content is only known from one place of the unit: what is true of that is told of the rest, if it is wrong too.
std::string_view UnitPipeline::kind_of(UnitSlot& slot, std::span<const std::byte> wanted, Bytes at) const {
  const Bytes sector = round_down(at, kSectorSize);
  if (is_zero(slot.bytes().subspan(sector, std::min<Bytes>(kSectorSize, slot.unit.length - sector)))) return "zeros";
  if (target_.holes_read_as_zeros()) return "other data";
  const std::string_view unknown = "other data, which may be what was there before";
  const auto& before = old_.of(slot.index);
  if (!before || !is_within(before->place, slot.parts)) return unknown;
  const auto now = slot.bytes_of(before->place);
  const bool is_wrong = !is_same(now, wanted.subspan(before->place.offset - slot.unit.offset, now.size()));
  if (!is_wrong) return unknown;
  return sha256(now) == before->digest ? "what was there before" : "other data";
}

Error UnitPipeline::mismatch(UnitSlot& slot) {
  AlignedBuffer again(kUnitSize);
  const auto wanted = again.first(slot.unit.length);
  const std::string where = target_.name() + ": verifying at byte ";
  if (const Status read = read_image(slot.unit, wanted); !read.ok()) {
    return Error(ErrorCode::kWriteFailed,
                 where + std::to_string(slot.unit.offset) + ": reads back otherwise than it was written");
  }
  const auto index = first_difference(slot.parts, slot.unit.offset, wanted, slot.bytes());
  if (!index) {
    return Error(ErrorCode::kWriteFailed,
                 where + std::to_string(slot.unit.offset) +
                     ": the image itself changed while it was written; let nothing else write to it and try again");
  }
  return Error(ErrorCode::kWriteFailed, where + std::to_string(slot.unit.offset + *index) + ": reads back as " +
                                            std::string(kind_of(slot, wanted, *index)) +
                                            "; the medium lost what was written: use another one");
}

}  // namespace kraken
