// FAT32's FSInfo sector: a count of free clusters and a place to look for them, both of which may be wrong or absent.
// fatgen103, "FAT32 FSInfo Sector Structure and Backup Boot Sector": only the primary copy is kept up to date.
#pragma once

#include <cstdint>
#include <optional>

#include "fs/fat/geometry.h"

namespace kraken::fat {

// FSI_Nxt_Free as it stands there: any number. Nothing on FAT16, or when the sector lacks its signatures.
Result<std::optional<std::uint32_t>> read_next_free(const BlockSource& volume, const Geometry& geometry);

// Leaves a sector that lacks its signatures as it is: it may hold something else.
Status write_fs_info(BlockStore& volume, const Geometry& geometry, std::uint32_t free_clusters,
                     std::uint32_t next_free);

}  // namespace kraken::fat
