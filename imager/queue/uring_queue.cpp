#include <liburing.h>

#include <cerrno>
#include <optional>
#include <vector>

#include "queue/io_queue.h"

namespace kraken {

namespace {

// A transfer under way. What the kernel did so far is left out of it.
struct Pending {
  int fd = -1;
  Bytes offset = 0;
  const std::byte* data = nullptr;  // to write; null when reading
  std::byte* out = nullptr;
  Bytes left = 0;
  std::uint64_t tag = 0;
};

// Direct reads end short of this only at the file's end.
constexpr Bytes kDirectGrid = 512;

class UringQueue : public IoQueue {
 public:
  UringQueue(const io_uring& ring, unsigned depth) : ring_(ring), pending_(depth) {
    for (unsigned i = 0; i < depth; ++i) free_.push_back(i);
  }
  UringQueue(const UringQueue&) = delete;
  UringQueue& operator=(const UringQueue&) = delete;
  ~UringQueue() override {
    while (free_.size() < pending_.size() && wait_any().ok()) {
    }
    ::io_uring_queue_exit(&ring_);
  }

  Status start_write(int fd, Bytes offset, std::span<const std::byte> data, std::uint64_t tag) override {
    return start({fd, offset, data.data(), nullptr, data.size(), tag});
  }
  Status start_read(int fd, Bytes offset, std::span<std::byte> out, std::uint64_t tag) override {
    return start({fd, offset, nullptr, out.data(), out.size(), tag});
  }
  Result<FinishedTransfer> wait() override {
    if (free_.size() == pending_.size()) return Error(ErrorCode::kInternal, "nothing to wait for is under way");
    return wait_any();
  }
  unsigned depth() const override { return static_cast<unsigned>(pending_.size()); }

 private:
  Status start(const Pending& transfer) {
    if (free_.empty()) return Error(ErrorCode::kInternal, "too many transfers are under way");
    const unsigned slot = free_.back();
    pending_[slot] = transfer;
    KRAKEN_TRY(submit(slot));
    free_.pop_back();
    return ok_status();
  }

  Status submit(unsigned slot) {
    const Pending& transfer = pending_[slot];
    io_uring_sqe* entry = ::io_uring_get_sqe(&ring_);
    if (entry == nullptr) return Error(ErrorCode::kInternal, "the ring has no room");
    const auto length = static_cast<unsigned>(transfer.left);
    if (transfer.data != nullptr) {
      ::io_uring_prep_write(entry, transfer.fd, transfer.data, length, transfer.offset);
    } else {
      ::io_uring_prep_read(entry, transfer.fd, transfer.out, length, transfer.offset);
    }
    ::io_uring_sqe_set_data64(entry, slot);
    // Otherwise the kernel first tries without waiting and then anew, and a device whose rate is limited (blk-throttle)
    // charges both: it goes at half its rate.
    ::io_uring_sqe_set_flags(entry, IOSQE_ASYNC);
    int submitted = -EINTR;
    while (submitted == -EINTR || submitted == -EAGAIN) submitted = ::io_uring_submit(&ring_);
    return submitted < 0 ? Status(Error::from_errno(-submitted, "start a transfer")) : ok_status();
  }

  Result<FinishedTransfer> wait_any() {
    while (true) {
      io_uring_cqe* entry = nullptr;
      const int waited = ::io_uring_wait_cqe(&ring_, &entry);
      if (waited == -EINTR) continue;
      if (waited < 0) return Error::from_errno(-waited, "wait for a transfer");
      const auto slot = static_cast<unsigned>(::io_uring_cqe_get_data64(entry));
      const int result = entry->res;
      ::io_uring_cqe_seen(&ring_, entry);
      const std::optional<Status> ended = advance(slot, result);
      if (!ended) continue;
      free_.push_back(slot);
      return FinishedTransfer{pending_[slot].tag, *ended};
    }
  }

  // Nothing when the rest was started anew.
  std::optional<Status> advance(unsigned slot, int result) {
    Pending& transfer = pending_[slot];
    const bool writes = transfer.data != nullptr;
    const std::string where = (writes ? "write at " : "read at ") + std::to_string(transfer.offset);
    if (result < 0 && result != -EINTR && result != -EAGAIN) return Error::from_errno(-result, where);
    const Bytes moved = result < 0 ? 0 : static_cast<Bytes>(result);
    if (moved == transfer.left) return ok_status();
    if (result >= 0 && (moved == 0 || (!writes && moved % kDirectGrid != 0))) {
      return writes ? Error::from_errno(EIO, where) : Error(ErrorCode::kCorrupt, where + ": the target ends here");
    }
    transfer.offset += moved;
    transfer.left -= moved;
    if (writes) {
      transfer.data += moved;
    } else {
      transfer.out += moved;
    }
    const Status again = submit(slot);
    return again.ok() ? std::nullopt : std::optional<Status>(again);
  }

  io_uring ring_;
  std::vector<Pending> pending_;
  std::vector<unsigned> free_;
};

}  // namespace

Result<std::unique_ptr<IoQueue>> open_uring_queue(unsigned depth) {
  io_uring ring{};
  const int made = ::io_uring_queue_init(depth, &ring, 0);
  if (made < 0) return Error::from_errno(-made, "io_uring").recode(ErrorCode::kUnsupported);
  return std::unique_ptr<IoQueue>(std::make_unique<UringQueue>(ring, depth));
}

}  // namespace kraken
