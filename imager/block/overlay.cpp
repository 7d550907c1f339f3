#include "block/overlay.h"

#include <algorithm>

#include "base/bytes.h"

namespace kraken {

Result<std::unique_ptr<Overlay>> Overlay::open(std::shared_ptr<const BlockSource> base, Bytes size) {
  if (size < base->size()) {
    return Error(ErrorCode::kInvalidArgument,
                 "an image of " + human_bytes(size) + " cannot hold its base of " + human_bytes(base->size()));
  }
  return std::unique_ptr<Overlay>(new Overlay(std::move(base), size));
}

Status Overlay::read_base(Bytes offset, std::span<std::byte> out) const {
  const Bytes base_size = base_->size();
  const Bytes in_base = offset < base_size ? std::min<Bytes>(out.size(), base_size - offset) : 0;
  if (in_base > 0) KRAKEN_TRY(base_->read(offset, out.first(in_base)));
  fill_with_zeros(out.subspan(in_base));
  return ok_status();
}

Status Overlay::read(Bytes offset, std::span<std::byte> out) const {
  KRAKEN_TRY(check_range(offset, out.size(), size_));
  while (!out.empty()) {
    const Bytes index = offset / kBlockSize;
    const auto next = blocks_.lower_bound(index);
    Bytes length = 0;
    if (next != blocks_.end() && next->first == index) {
      const Bytes within = offset % kBlockSize;
      length = std::min<Bytes>(out.size(), kBlockSize - within);
      std::copy_n(next->second->begin() + static_cast<std::ptrdiff_t>(within), length, out.begin());
    } else {
      const Bytes end = next == blocks_.end() ? size_ : next->first * kBlockSize;
      length = std::min<Bytes>(out.size(), end - offset);
      KRAKEN_TRY(read_base(offset, out.first(length)));
    }
    offset += length;
    out = out.subspan(length);
  }
  return ok_status();
}

Result<Overlay::Block*> Overlay::block_for_writing(Bytes index, Bytes written) {
  auto found = blocks_.find(index);
  if (found == blocks_.end()) {
    auto block = std::make_unique<Block>();
    const Bytes start = index * kBlockSize;
    if (written < kBlockSize) {
      const Bytes inside = std::min(kBlockSize, size_ - start);
      KRAKEN_TRY(read_base(start, std::span(*block).first(inside)));
    }
    found = blocks_.emplace(index, std::move(block)).first;
  }
  return found->second.get();
}

Status Overlay::write(Bytes offset, std::span<const std::byte> data) {
  KRAKEN_TRY(check_range(offset, data.size(), size_));
  while (!data.empty()) {
    const Bytes within = offset % kBlockSize;
    const Bytes length = std::min<Bytes>(data.size(), kBlockSize - within);
    KRAKEN_ASSIGN(Block * block, block_for_writing(offset / kBlockSize, length));
    std::copy_n(data.begin(), length, block->begin() + static_cast<std::ptrdiff_t>(within));
    offset += length;
    data = data.subspan(length);
  }
  return ok_status();
}

std::vector<Extent> Overlay::changed() const {
  std::vector<Extent> found;
  for (const auto& [index, block] : blocks_) {
    const Extent extent{index * kBlockSize, std::min(kBlockSize, size_ - index * kBlockSize), false};
    if (!found.empty() && found.back().end() == extent.offset) {
      found.back().length += extent.length;
    } else {
      found.push_back(extent);
    }
  }
  return found;
}

Result<Extent> Overlay::extent_at(Bytes offset) const {
  KRAKEN_TRY(check_range(offset, 1, size_));
  auto next = blocks_.lower_bound(offset / kBlockSize);
  if (next != blocks_.end() && next->first == offset / kBlockSize) {
    Bytes end = next->first;
    for (; next != blocks_.end() && next->first == end; ++next) ++end;
    return Extent{offset, std::min(end * kBlockSize, size_) - offset, false};
  }
  const Bytes limit = next == blocks_.end() ? size_ : next->first * kBlockSize;
  if (offset >= base_->size()) return Extent{offset, limit - offset, true};
  KRAKEN_ASSIGN(const Extent below, base_->extent_at(offset));
  return Extent{offset, std::min(below.end(), limit) - offset, below.is_hole};
}

}  // namespace kraken
