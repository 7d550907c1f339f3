#include "burn/image_digest.h"

#include <algorithm>
#include <array>

#include "base/endian.h"

namespace kraken {

namespace {

void update_u64(Sha256& hash, std::uint64_t value) {
  std::array<std::byte, sizeof(value)> bytes{};
  static_cast<void>(write_le(std::span<std::byte>(bytes), 0, value));  // it is exactly as long as the value
  hash.update(bytes);
}

}  // namespace

std::size_t unit_count(Bytes image_size) {
  if (image_size == 0) return 0;
  if (image_size <= kBootBlock) return 1;
  return static_cast<std::size_t>(1 + image_size / kUnitSize + (image_size % kUnitSize == 0 ? 0 : 1));
}

Unit unit_at(std::size_t index, Bytes image_size) {
  if (index == 0) return Unit{0, std::min(kBootBlock, image_size)};
  const Bytes start = index == 1 ? kBootBlock : (index - 1) * kUnitSize;
  return Unit{start, std::min(index * kUnitSize, image_size) - start};
}

std::size_t unit_index(Bytes offset) {
  return offset < kBootBlock ? 0 : static_cast<std::size_t>(1 + offset / kUnitSize);
}

UnitDigest unit_digest(std::span<const std::byte> bytes) {
  if (is_zero(bytes)) return std::nullopt;
  return sha256(bytes);
}

Sha256Digest image_digest(Bytes image_size, std::span<const UnitDigest> units) {
  Sha256 hash;
  update_u64(hash, image_size);
  for (std::size_t i = 0; i < units.size(); ++i) {
    if (!units[i]) continue;
    update_u64(hash, unit_at(i, image_size).offset);
    hash.update(*units[i]);
  }
  return hash.finish();
}

}  // namespace kraken
