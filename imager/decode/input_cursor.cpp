#include "decode/input_cursor.h"

#include <algorithm>

namespace kraken {

namespace {
constexpr Bytes kPiece = kMiB;
}

Result<std::span<const std::byte>> InputCursor::next() {
  const Bytes length = std::min(kPiece, input_->size() - position_);
  buffer_.resize(std::max<std::size_t>(buffer_.size(), length));
  const std::span<std::byte> piece = std::span(buffer_).first(length);
  if (length > 0) KRAKEN_TRY(input_->read(position_, piece));
  position_ += length;
  return std::span<const std::byte>(piece);
}

void InputCursor::seek(Bytes position) {
  position_ = std::min(position, input_->size());
}

Status require_zero_tail(const BlockSource& input, Bytes offset) {
  InputCursor cursor(input);
  cursor.seek(offset);
  while (!cursor.at_end()) {
    const Bytes start = cursor.position();
    KRAKEN_ASSIGN(const auto piece, cursor.next());
    const auto other = std::ranges::find_if(piece, [](std::byte b) { return b != std::byte{0}; });
    if (other != piece.end()) {
      return Error(ErrorCode::kCorrupt, "the compressed data ends at byte " + std::to_string(offset) +
                                            ", but something else follows at byte " +
                                            std::to_string(start + static_cast<Bytes>(other - piece.begin())));
    }
  }
  return ok_status();
}

}  // namespace kraken
