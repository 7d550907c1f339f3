// The buffers in which units (burn/image_digest.h) travel between an image and a target, and the target's transfers
// that are under way with them. Which unit goes where and when is the caller's to decide. Used by one thread; jobs run
// on others.
//
// Memory: kSlots units, 16 MiB.
#pragma once

#include <functional>
#include <future>
#include <string>
#include <string_view>
#include <vector>

#include "block/block_source.h"
#include "burn/aligned_buffer.h"
#include "burn/image_digest.h"
#include "burn/target.h"
#include "burn/work_pool.h"

namespace kraken {

// A unit on its way.
struct UnitSlot {
  AlignedBuffer buffer{kUnitSize};
  std::size_t index = 0;
  Unit unit;
  std::vector<Extent> parts;  // of the unit: what is transferred
  std::size_t under_way = 0;  // transfers
  std::future<Status> work;
  UnitDigest found;  // for jobs to leave something in

  std::span<std::byte> bytes() { return buffer.first(unit.length); }
  std::span<std::byte> bytes_of(const Extent& part) { return bytes().subspan(part.offset - unit.offset, part.length); }
};

Bytes total_length(const std::vector<Extent>& parts);

class UnitRing {
 public:
  static constexpr std::size_t kSlots = 16;

  // The target must outlive it.
  explicit UnitRing(Target& target);
  ~UnitRing();
  UnitRing(const UnitRing&) = delete;
  UnitRing& operator=(const UnitRing&) = delete;

  // Taken in turn: `turn` may be any number.
  UnitSlot& slot(std::size_t turn) { return slots_.at(turn % kSlots); }
  // Which of the slots it is: below kSlots.
  std::size_t place_of(const UnitSlot& slot) const { return static_cast<std::size_t>(&slot - slots_.data()); }

  // The slot and all that the job touches must be left alone until slot.work is ready.
  void start_work(UnitSlot& slot, std::packaged_task<Status()> job) { slot.work = pool_.submit(std::move(job)); }

  // Transfers the slot's parts. kWriteFailed when not even that can be started.
  Status start_writing(UnitSlot& slot);
  Status start_reading(UnitSlot& slot);
  bool is_idle() const { return transfers_ == 0; }
  // Waits for one transfer; answers the slot whose last one it was, or null. Fails as the transfer did.
  Result<UnitSlot*> wait_transfer();
  // The same for who does not mind a transfer that failed: it is not noted for finish().
  struct Transferred {
    UnitSlot* slot = nullptr;
    Status status;
  };
  Result<Transferred> wait_any_transfer();

  // Waits for all that is under way, whatever comes of it: buffers and the target are idle afterwards.
  void settle();
  // Settles, and says where a transfer failed if that is what ended the work.
  Status finish(const Status& result, std::string_view doing);

 private:
  struct Failure {
    Bytes offset = 0;
    Error error;
  };

  UnitSlot& slot_of(const FinishedTransfer& transfer);
  void note_failure(const FinishedTransfer& transfer);

  Target& target_;
  std::vector<UnitSlot> slots_;
  std::size_t transfers_ = 0;
  std::optional<Failure> failure_;
  WorkPool pool_;  // the last member: its jobs touch the others
};

// The error that a failing target's answer becomes: kWriteFailed, with the target's name in front.
Error target_failed(const Target& target, std::string_view doing, const Error& error);

}  // namespace kraken
