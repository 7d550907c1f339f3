#include "burn/target.h"

namespace kraken {

Status Target::start_write(Bytes offset, std::span<const std::byte> data, std::uint64_t tag) {
  done_at_once_.push_back({tag, write(offset, data)});
  return ok_status();
}

Status Target::start_read_back(Bytes offset, std::span<std::byte> out, std::uint64_t tag) {
  done_at_once_.push_back({tag, read_back(offset, out)});
  return ok_status();
}

Result<FinishedTransfer> Target::wait() {
  if (done_at_once_.empty()) return Error(ErrorCode::kInternal, "nothing to wait for is under way");
  FinishedTransfer transfer = std::move(done_at_once_.front());
  done_at_once_.pop_front();
  return transfer;
}

}  // namespace kraken
