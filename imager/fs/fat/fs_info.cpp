#include "fs/fat/fs_info.h"

#include <array>

#include "base/endian.h"

namespace kraken::fat {

namespace {

using Sector = std::array<std::byte, 512>;

constexpr std::size_t kFreeCountOffset = 488;
constexpr std::size_t kNextFreeOffset = 492;

bool has_signatures(const Sector& sector) {
  return read_le<std::uint32_t>(sector, 0) == 0x41615252U && read_le<std::uint32_t>(sector, 484) == 0x61417272U &&
         read_le<std::uint32_t>(sector, 508) == 0xaa550000U;
}

// Nothing when the volume has no valid FSInfo.
Result<std::optional<Sector>> read_sector(const BlockSource& volume, const Geometry& geometry) {
  if (!geometry.fs_info_offset) return std::optional<Sector>();
  Sector sector{};
  KRAKEN_TRY(volume.read(*geometry.fs_info_offset, sector).with_context("reading the FSInfo sector"));
  if (!has_signatures(sector)) return std::optional<Sector>();
  return std::optional<Sector>(sector);
}

}  // namespace

Result<std::optional<std::uint32_t>> read_next_free(const BlockSource& volume, const Geometry& geometry) {
  KRAKEN_ASSIGN(const std::optional<Sector> sector, read_sector(volume, geometry));
  if (!sector) return std::optional<std::uint32_t>();
  return read_le<std::uint32_t>(*sector, kNextFreeOffset);
}

Status write_fs_info(BlockStore& volume, const Geometry& geometry, std::uint32_t free_clusters,
                     std::uint32_t next_free) {
  KRAKEN_ASSIGN(std::optional<Sector> sector, read_sector(volume, geometry));
  if (!sector) return ok_status();
  const std::span<std::byte> bytes(*sector);
  if (!write_le(bytes, kFreeCountOffset, free_clusters) || !write_le(bytes, kNextFreeOffset, next_free)) {
    return Error(ErrorCode::kInternal, "the fields of FSInfo lie outside it");
  }
  return volume.write(*geometry.fs_info_offset, *sector).with_context("writing the FSInfo sector");
}

}  // namespace kraken::fat
