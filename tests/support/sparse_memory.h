// A large, mostly empty disk in memory: what was never written is a hole. For layouts of many gigabytes in small tests.
#pragma once

#include <algorithm>
#include <map>
#include <vector>

#include "block/block_source.h"

namespace kraken::test {

class SparseMemory : public BlockStore {
 public:
  static constexpr Bytes kBlock = 4096;

  explicit SparseMemory(Bytes size) : size_(size) {}

  Bytes size() const override { return size_; }

  Status read(Bytes offset, std::span<std::byte> out) const override {
    KRAKEN_TRY(check_range(offset, out.size(), size_));
    for (std::size_t i = 0; i < out.size();) {
      const auto at = offset + i;
      const auto length = std::min<Bytes>(out.size() - i, kBlock - at % kBlock);
      const auto found = blocks_.find(at / kBlock);
      if (found == blocks_.end()) {
        std::ranges::fill(out.subspan(i, length), std::byte{0});
      } else {
        std::copy_n(found->second.begin() + static_cast<std::ptrdiff_t>(at % kBlock), length, &out[i]);
      }
      i += length;
    }
    return ok_status();
  }

  Status write(Bytes offset, std::span<const std::byte> data) override {
    KRAKEN_TRY(check_range(offset, data.size(), size_));
    for (std::size_t i = 0; i < data.size();) {
      const auto at = offset + i;
      const auto length = std::min<Bytes>(data.size() - i, kBlock - at % kBlock);
      auto& block = blocks_[at / kBlock];
      block.resize(kBlock);
      std::ranges::copy(data.subspan(i, length), block.begin() + static_cast<std::ptrdiff_t>(at % kBlock));
      i += length;
    }
    return ok_status();
  }

  Result<Extent> extent_at(Bytes offset) const override {
    KRAKEN_TRY(check_range(offset, 1, size_));
    const auto next = blocks_.lower_bound(offset / kBlock);
    if (next != blocks_.end() && next->first == offset / kBlock) {
      return Extent{offset, std::min((next->first + 1) * kBlock, size_) - offset, false};
    }
    const Bytes end = next == blocks_.end() ? size_ : next->first * kBlock;
    return Extent{offset, end - offset, true};
  }

 private:
  Bytes size_;
  std::map<Bytes, std::vector<std::byte>> blocks_;
};

}  // namespace kraken::test
