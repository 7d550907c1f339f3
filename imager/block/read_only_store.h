// A source where a store is asked for, by code that opens for editing and then only looks: every write is refused. Does
// not own the source.
#pragma once

#include "block/block_source.h"

namespace kraken {

class ReadOnlyStore : public BlockStore {
 public:
  explicit ReadOnlyStore(const BlockSource& source) : source_(&source) {}

  Bytes size() const override { return source_->size(); }
  Status read(Bytes offset, std::span<std::byte> out) const override { return source_->read(offset, out); }
  Result<Extent> extent_at(Bytes offset) const override { return source_->extent_at(offset); }
  Status write(Bytes /*offset*/, std::span<const std::byte> /*data*/) override {
    return Error(ErrorCode::kInternal, "a write to what is only read");
  }

 private:
  const BlockSource* source_;
};

}  // namespace kraken
