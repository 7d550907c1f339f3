#include "burn/card_tail.h"

#include <algorithm>

#include "burn/aligned_buffer.h"
#include "burn/card_head.h"
#include "burn/unit_ring.h"

namespace kraken {

CardTail::CardTail(Target& target, const WriteMap& map) : target_(target) {
  if (target.holes_read_as_zeros()) return;
  const Bytes end = target.capacity();
  Bytes at = std::max(kHead, round_down(end - std::min(end, kTail), AlignedBuffer::kAlignment));
  if (at >= end) return;
  for (const Extent& written : map.within(at, end - at)) {
    if (written.offset > at) parts_.push_back({at, written.offset - at, false});
    at = written.end();
  }
  if (at < end) parts_.push_back({at, end - at, false});
}

Result<std::optional<Bytes>> CardTail::first_left(std::string_view doing) const {
  for (const Extent& part : parts_) {
    AlignedBuffer buffer(part.length);
    const auto found = buffer.first(part.length);
    const Status read = target_.read_back(part.offset, found);
    if (!read.ok()) {
      return target_failed(target_, std::string(doing) + " at byte " + std::to_string(part.offset), read.error());
    }
    const auto left = std::ranges::find_if(found, [](std::byte b) { return b != std::byte{0}; });
    if (left != found.end()) return std::optional(part.offset + static_cast<Bytes>(left - found.begin()));
  }
  return std::optional<Bytes>();
}

Result<bool> CardTail::is_clear() const {
  KRAKEN_ASSIGN(const std::optional<Bytes> left, first_left("comparing"));
  return !left.has_value();
}

Status CardTail::clear() {
  was_cleared_ = true;
  Status done = ok_status();
  for (const Extent& part : parts_) {
    AlignedBuffer zeros(part.length);
    if (done.ok()) done = target_.write(part.offset, zeros.first(part.length));
  }
  if (done.ok() && !parts_.empty()) done = target_.sync();
  return done.ok() ? done : target_failed(target_, "clearing the end", done.error());
}

Status CardTail::verify() const {
  if (!was_cleared_) return ok_status();
  KRAKEN_ASSIGN(const std::optional<Bytes> left, first_left("verifying"));
  if (!left) return ok_status();
  return Error(ErrorCode::kWriteFailed, target_.name() + ": verifying at byte " + std::to_string(*left) +
                                            ": its end was cleared and does not read as zeros; the medium lost what "
                                            "was written, or is smaller than it says: use another one");
}

}  // namespace kraken
