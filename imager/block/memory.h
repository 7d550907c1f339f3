// Bytes in memory as a block store: a small file's content on its way into an image, and the ground of many tests.
#pragma once

#include <string_view>
#include <vector>

#include "block/block_source.h"

namespace kraken {

class MemoryStore : public BlockStore {
 public:
  explicit MemoryStore(Bytes size) : bytes_(size) {}
  explicit MemoryStore(std::vector<std::byte> bytes) : bytes_(std::move(bytes)) {}
  explicit MemoryStore(std::string_view text);

  Bytes size() const override { return bytes_.size(); }
  Status read(Bytes offset, std::span<std::byte> out) const override;
  Status write(Bytes offset, std::span<const std::byte> data) override;

  std::span<const std::byte> bytes() const { return bytes_; }
  std::span<std::byte> bytes() { return bytes_; }

 private:
  std::vector<std::byte> bytes_;
};

}  // namespace kraken
