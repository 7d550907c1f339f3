// A slice of a source or store: one partition of an image. It does not own what it looks into, which must outlive it.
#pragma once

#include <utility>

#include "block/block_source.h"

namespace kraken {

class SourceWindow : public BlockSource {
 public:
  // kCorrupt when the slice passes the source's end.
  static Result<SourceWindow> open(const BlockSource& source, Bytes offset, Bytes length);

  Bytes size() const override { return length_; }
  Status read(Bytes offset, std::span<std::byte> out) const override;
  Result<Extent> extent_at(Bytes offset) const override;

 private:
  SourceWindow(const BlockSource& source, Bytes offset, Bytes length)
      : source_(&source), offset_(offset), length_(length) {}
  const BlockSource* source_;
  Bytes offset_;
  Bytes length_;
};

class StoreWindow : public BlockStore {
 public:
  // kCorrupt when the slice passes the store's end.
  static Result<StoreWindow> open(BlockStore& store, Bytes offset, Bytes length);

  Bytes size() const override { return view_.size(); }
  Status read(Bytes offset, std::span<std::byte> out) const override { return view_.read(offset, out); }
  Status write(Bytes offset, std::span<const std::byte> data) override;
  Result<Extent> extent_at(Bytes offset) const override { return view_.extent_at(offset); }

 private:
  StoreWindow(BlockStore& store, Bytes offset, SourceWindow view)
      : store_(&store), offset_(offset), view_(std::move(view)) {}
  BlockStore* store_;
  Bytes offset_;
  SourceWindow view_;
};

}  // namespace kraken
