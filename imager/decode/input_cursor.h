// Reads a block source from its start in pieces of 1 MiB, as stream decoders want it. Does not own the source.
#pragma once

#include <span>
#include <vector>

#include "block/block_source.h"

namespace kraken {

class InputCursor {
 public:
  explicit InputCursor(const BlockSource& input) : input_(&input) {}

  // The next piece, valid until the next call; empty at the end. Fails as the source does.
  Result<std::span<const std::byte>> next();

  // The end of the last piece.
  Bytes position() const { return position_; }
  Bytes size() const { return input_->size(); }
  bool at_end() const { return position_ == input_->size(); }
  // Clamped to the source's size.
  void seek(Bytes position);

 private:
  const BlockSource* input_;
  Bytes position_ = 0;
  std::vector<std::byte> buffer_;
};

// kCorrupt unless all from `offset` on is zero: download tools and tapes pad, anything else behind a stream is damage.
Status require_zero_tail(const BlockSource& input, Bytes offset);

}  // namespace kraken
