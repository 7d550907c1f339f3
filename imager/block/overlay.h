// A node's image: a shared, read-only base plus the 4 KiB blocks that differ from it, which are kept in memory. It may
// be larger than its base (a card is larger than the image); what lies past the base's end is a hole until it is
// written. The base is never written. Reading from several threads is safe while nobody writes.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <vector>

#include "block/block_source.h"

namespace kraken {

class Overlay : public BlockStore {
 public:
  static constexpr Bytes kBlockSize = 4 * kKiB;

  // kInvalidArgument when `size` is smaller than the base.
  static Result<std::unique_ptr<Overlay>> open(std::shared_ptr<const BlockSource> base, Bytes size);

  Bytes size() const override { return size_; }
  Status read(Bytes offset, std::span<std::byte> out) const override;
  Status write(Bytes offset, std::span<const std::byte> data) override;
  Result<Extent> extent_at(Bytes offset) const override;

  // Where something was written, joined where it touches: the rest is the base's.
  std::vector<Extent> changed() const;
  // What is held in memory: blocks written with the content that the base has there already count as changed.
  Bytes changed_bytes() const { return blocks_.size() * kBlockSize; }

 private:
  using Block = std::array<std::byte, kBlockSize>;

  Overlay(std::shared_ptr<const BlockSource> base, Bytes size) : base_(std::move(base)), size_(size) {}
  Status read_base(Bytes offset, std::span<std::byte> out) const;
  Result<Block*> block_for_writing(Bytes index, Bytes written);

  std::shared_ptr<const BlockSource> base_;
  Bytes size_;
  std::map<Bytes, std::unique_ptr<Block>> blocks_;  // by block index, sorted
};

}  // namespace kraken
