#include "burn/unit_ring.h"

#include <algorithm>
#include <thread>

namespace kraken {

namespace {

// A transfer's tag: the slot and which of its parts.
constexpr std::uint64_t kPartsOfASlot = kUnitSize / kSectorSize + 1;

unsigned pool_size() {
  return std::clamp(std::thread::hardware_concurrency(), 1U, 3U);
}

}  // namespace

Error target_failed(const Target& target, std::string_view doing, const Error& error) {
  return error.recode(ErrorCode::kWriteFailed).with_context(doing).with_context(target.name());
}

Bytes total_length(const std::vector<Extent>& parts) {
  Bytes total = 0;
  for (const auto& part : parts) total += part.length;
  return total;
}

UnitRing::UnitRing(Target& target) : target_(target), slots_(kSlots), pool_(pool_size()) {}

UnitRing::~UnitRing() {
  settle();
}

Status UnitRing::start_writing(UnitSlot& slot) {
  const std::uint64_t first_tag = place_of(slot) * kPartsOfASlot;
  for (std::size_t i = 0; i < slot.parts.size(); ++i) {
    const Status started = target_.start_write(slot.parts[i].offset, slot.bytes_of(slot.parts[i]), first_tag + i);
    if (!started.ok()) return target_failed(target_, "writing", started.error());
    ++slot.under_way;
    ++transfers_;
  }
  return ok_status();
}

Status UnitRing::start_reading(UnitSlot& slot) {
  const std::uint64_t first_tag = place_of(slot) * kPartsOfASlot;
  for (std::size_t i = 0; i < slot.parts.size(); ++i) {
    const Status started = target_.start_read_back(slot.parts[i].offset, slot.bytes_of(slot.parts[i]), first_tag + i);
    if (!started.ok()) return target_failed(target_, "reading", started.error());
    ++slot.under_way;
    ++transfers_;
  }
  return ok_status();
}

UnitSlot& UnitRing::slot_of(const FinishedTransfer& transfer) {
  return slots_.at(transfer.tag / kPartsOfASlot);
}

// Of several transfers that fail, the one nearest to the image's start tells most.
void UnitRing::note_failure(const FinishedTransfer& transfer) {
  const Bytes offset = slot_of(transfer).parts.at(transfer.tag % kPartsOfASlot).offset;
  if (!failure_ || offset < failure_->offset) failure_ = Failure{offset, transfer.status.error()};
}

Result<UnitSlot*> UnitRing::wait_transfer() {
  auto transfer = target_.wait();
  if (!transfer.ok()) return target_failed(target_, "waiting for it", transfer.error());
  --transfers_;
  UnitSlot& slot = slot_of(*transfer);
  --slot.under_way;
  if (!transfer->status.ok()) {
    note_failure(*transfer);
    return transfer->status.error();
  }
  return slot.under_way == 0 ? &slot : nullptr;
}

Result<UnitRing::Transferred> UnitRing::wait_any_transfer() {
  KRAKEN_ASSIGN(FinishedTransfer transfer, target_.wait());
  --transfers_;
  UnitSlot& slot = slot_of(transfer);
  --slot.under_way;
  return Transferred{&slot, std::move(transfer.status)};
}

void UnitRing::settle() {
  for (UnitSlot& slot : slots_) {
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
  for (UnitSlot& slot : slots_) slot.under_way = 0;
}

Status UnitRing::finish(const Status& result, std::string_view doing) {
  const bool is_transfer = failure_.has_value();
  settle();
  const auto failure = std::exchange(failure_, std::nullopt);
  if (result.ok() || !is_transfer) return result;
  return target_failed(target_, std::string(doing) + " at byte " + std::to_string(failure->offset), failure->error);
}

}  // namespace kraken
