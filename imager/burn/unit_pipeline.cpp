#include "burn/unit_pipeline.h"

#include <algorithm>

namespace kraken {

namespace {

Bytes total_length(const std::vector<Extent>& parts) {
  Bytes total = 0;
  for (const auto& part : parts) total += part.length;
  return total;
}

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

// A transfer's tag: the slot and which of its parts.
constexpr std::uint64_t kPartsOfASlot = kUnitSize / kSectorSize + 1;

unsigned pool_size() {
  return std::clamp(std::thread::hardware_concurrency(), 1U, 3U);
}

}  // namespace

Error target_failed(const Target& target, std::string_view doing, const Error& error) {
  return error.recode(ErrorCode::kWriteFailed).with_context(doing).with_context(target.name());
}

UnitPipeline::~UnitPipeline() {
  settle();
}

UnitPipeline::UnitPipeline(const BlockSource& image, Target& target, const WriteMap& map)
    : image_(image),
      target_(target),
      map_(map),
      digests_(kraken::unit_count(image.size())),
      samples_(digests_.size()),
      slots_(kSlots),
      pool_(pool_size()) {}

std::vector<std::size_t> UnitPipeline::mapped_units(UnitRange range) const {
  std::vector<std::size_t> units;
  for (std::size_t i = range.first; i < range.end; ++i) {
    const Unit unit = unit_at(i, image_.size());
    if (!map_.within(unit.offset, unit.length).empty()) units.push_back(i);
  }
  return units;
}

void UnitPipeline::load(Slot& slot, std::size_t index) const {
  slot.index = index;
  slot.unit = unit_at(index, image_.size());
  slot.parts = map_.within(slot.unit.offset, slot.unit.length);
}

// What the map leaves out stays zero, as image_digest.h defines it.
Status UnitPipeline::read_image(const Unit& unit, std::span<std::byte> out) const {
  std::ranges::fill(out, std::byte{0});
  for (const auto& part : map_.within(unit.offset, unit.length)) {
    KRAKEN_TRY(image_.read(part.offset, out.subspan(part.offset - unit.offset, part.length))
                   .with_context("reading the image"));
  }
  return ok_status();
}

void UnitPipeline::settle() {
  for (Slot& slot : slots_) {
    if (slot.work.valid()) slot.work.wait();
  }
  while (transfers_ > 0) {
    const auto transfer = target_.wait();
    // A target that cannot even be waited for has nothing under way that would touch a buffer.
    if (!transfer.ok()) break;
    --transfers_;
    if (!transfer->status.ok()) note_failure(*transfer);
  }
  transfers_ = 0;
  for (Slot& slot : slots_) slot.under_way = 0;
}

Status UnitPipeline::finish(const Status& result, std::string_view doing) {
  const bool is_transfer = failure_.has_value();
  settle();
  const auto failure = std::exchange(failure_, std::nullopt);
  if (result.ok() || !is_transfer) return result;
  return target_failed(target_, std::string(doing) + " at byte " + std::to_string(failure->offset), failure->error);
}

// Of several transfers that fail, the one nearest to the image's start tells most.
void UnitPipeline::note_failure(const FinishedTransfer& transfer) {
  const Slot& slot = slots_.at(transfer.tag / kPartsOfASlot);
  const Bytes offset = slot.parts.at(transfer.tag % kPartsOfASlot).offset;
  if (!failure_ || offset < failure_->offset) failure_ = Failure{offset, transfer.status.error()};
}

Result<UnitPipeline::Slot*> UnitPipeline::wait_transfer() {
  auto transfer = target_.wait();
  if (!transfer.ok()) return target_failed(target_, "waiting for it", transfer.error());
  --transfers_;
  if (!transfer->status.ok()) {
    note_failure(*transfer);
    return transfer->status.error();
  }
  Slot& slot = slots_.at(transfer->tag / kPartsOfASlot);
  --slot.under_way;
  return slot.under_way == 0 ? &slot : nullptr;
}

Status UnitPipeline::write(UnitRange range, const OnUnit& on_unit) {
  return finish(write_units(mapped_units(range), on_unit), "writing");
}

// Filled slots follow one another to the target in the image's order, as a card likes it.
Status UnitPipeline::write_units(const std::vector<std::size_t>& units, const OnUnit& on_unit) {
  std::size_t filling = 0;  // units whose reading has begun
  std::size_t writing = 0;  // slots with transfers under way
  const auto finish_one = [&]() -> Status {
    KRAKEN_ASSIGN(const Slot* done, wait_transfer());
    if (done == nullptr) return ok_status();
    --writing;
    return on_unit(total_length(done->parts));
  };
  // Slots are taken in a ring; the one that comes next may still be on its way when others have overtaken it.
  for (std::size_t i = 0; i < units.size(); ++i) {
    while (writing >= kMaxWriting) KRAKEN_TRY(finish_one());
    for (; filling < units.size() && filling < i + kSlots - kMaxWriting; ++filling) {
      Slot& next = slots_.at(filling % kSlots);
      while (next.under_way > 0) KRAKEN_TRY(finish_one());
      start_reading_image(next, units[filling]);
    }
    Slot& slot = slots_.at(i % kSlots);
    KRAKEN_TRY(slot.work.get());
    KRAKEN_TRY(start_writing(slot));
    ++writing;
  }
  while (writing > 0) KRAKEN_TRY(finish_one());
  return ok_status();
}

void UnitPipeline::start_reading_image(Slot& slot, std::size_t index) {
  load(slot, index);
  slot.work = pool_.submit(std::packaged_task<Status()>([this, &slot] {
    Status read = read_image(slot.unit, slot.bytes());
    if (read.ok()) digests_[slot.index] = unit_digest(slot.bytes());
    return read;
  }));
}

Status UnitPipeline::start_writing(Slot& slot) {
  const auto first_tag = static_cast<std::uint64_t>(&slot - slots_.data()) * kPartsOfASlot;
  for (std::size_t i = 0; i < slot.parts.size(); ++i) {
    const Status started = target_.start_write(slot.parts[i].offset, slot.bytes_of(slot.parts[i]), first_tag + i);
    if (!started.ok()) return target_failed(target_, "writing", started.error());
    ++slot.under_way;
    ++transfers_;
  }
  return ok_status();
}

Status UnitPipeline::verify(UnitRange range, const OnUnit& on_unit) {
  return finish(verify_units(mapped_units(range), on_unit), "verifying");
}

// Hashing lags a few units behind reading, so that no thread waits for another one.
Status UnitPipeline::verify_units(const std::vector<std::size_t>& units, const OnUnit& on_unit) {
  std::size_t reading = 0;  // units whose reading has begun
  const auto check = [&](std::size_t i) -> Status {
    Slot& slot = slots_.at(i % kSlots);
    KRAKEN_TRY(check_digest(slot));
    return on_unit(total_length(slot.parts));
  };
  for (std::size_t i = 0; i < units.size() + kHashingBehind; ++i) {
    for (; reading < units.size() && reading < i + kSlots - kHashingBehind; ++reading) {
      KRAKEN_TRY(start_reading_back(slots_.at(reading % kSlots), units[reading]));
    }
    if (i < units.size()) {
      const Slot& slot = slots_.at(i % kSlots);
      while (slot.under_way > 0) {
        KRAKEN_ASSIGN(Slot * read, wait_transfer());
        if (read != nullptr) start_hashing(*read);
      }
    }
    if (i >= kHashingBehind) KRAKEN_TRY(check(i - kHashingBehind));
  }
  return ok_status();
}

Status UnitPipeline::start_reading_back(Slot& slot, std::size_t index) {
  load(slot, index);
  std::ranges::fill(slot.bytes(), std::byte{0});
  const auto first_tag = static_cast<std::uint64_t>(&slot - slots_.data()) * kPartsOfASlot;
  for (std::size_t i = 0; i < slot.parts.size(); ++i) {
    const Status started = target_.start_read_back(slot.parts[i].offset, slot.bytes_of(slot.parts[i]), first_tag + i);
    if (!started.ok()) return target_failed(target_, "verifying", started.error());
    ++slot.under_way;
    ++transfers_;
  }
  return ok_status();
}

void UnitPipeline::start_hashing(Slot& slot) {
  slot.work = pool_.submit(std::packaged_task<Status()>([&slot] {
    slot.found = unit_digest(slot.bytes());
    return ok_status();
  }));
}

Status UnitPipeline::check_digest(Slot& slot) {
  KRAKEN_TRY(slot.work.get());
  return slot.found == digests_[slot.index] ? ok_status() : Status(mismatch(slot));
}

void UnitPipeline::sample(UnitRange range) {
  sample_units(mapped_units(range));
  settle();
  failure_.reset();
}

void UnitPipeline::sample_units(const std::vector<std::size_t>& units) {
  const auto sampled = [&](Slot& slot) { return slot.buffer.first(std::min(kSampleSize, slot.parts.front().length)); };
  for (std::size_t i = 0; i < units.size() + kSlots; ++i) {
    Slot& slot = slots_.at(i % kSlots);
    while (slot.under_way > 0) {
      const auto transfer = target_.wait();
      if (!transfer.ok()) return;
      --transfers_;
      Slot& done = slots_.at(transfer->tag / kPartsOfASlot);
      --done.under_way;
      if (transfer->status.ok()) samples_[done.index] = sha256(sampled(done));
    }
    if (i >= units.size()) continue;
    load(slot, units[i]);
    const std::uint64_t tag = i % kSlots * kPartsOfASlot;
    if (!target_.start_read_back(slot.parts.front().offset, sampled(slot), tag).ok()) return;
    ++slot.under_way;
    ++transfers_;
  }
}

// Old content is only known from the start of the unit: it counts where that is wrong now, and was the same before.
std::string_view UnitPipeline::kind_of(Slot& slot, std::span<const std::byte> wanted, Bytes at) const {
  const Bytes sector = round_down(at, kSectorSize);
  if (is_zero(slot.bytes().subspan(sector, std::min<Bytes>(kSectorSize, slot.unit.length - sector)))) return "zeros";
  const auto& before = samples_[slot.index];
  const Extent& first = slot.parts.front();
  const auto start = slot.bytes_of(first).first(std::min(kSampleSize, first.length));
  const bool is_wrong = !std::ranges::equal(start, wanted.subspan(first.offset - slot.unit.offset, start.size()));
  if (before && is_wrong && sha256(start) == *before) return "what was there before";
  return "other data";
}

Error UnitPipeline::mismatch(Slot& slot) {
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
