// The bytes of a master boot record and of the extended partitions' chain, read and judged before libfdisk sees them:
// it repairs, renumbers or gives up on hostile chains, and takes any sector that ends in 55 AA for a table.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "block/block_source.h"

namespace kraken {

// Offsets in the sector: UEFI specification 2.10, section 5.2.1, table 5.1.
inline constexpr std::size_t kMbrDiskId = 440;
inline constexpr std::size_t kMbrEntries = 446;
inline constexpr std::size_t kMbrEntrySize = 16;
inline constexpr int kMbrEntryCount = 4;

using Sector = std::array<std::byte, kSectorSize>;

struct MbrEntry {
  std::uint8_t boot_flag = 0;
  std::uint8_t type = 0;
  Lba start;  // as it stands there: in an extended partition's chain it is relative
  std::uint64_t sectors = 0;

  bool is_used() const { return sectors != 0; }
  bool is_extended() const;
};

// The entry at `index` from 0, below kMbrEntryCount.
MbrEntry mbr_entry(const Sector& sector, int index);
std::uint32_t mbr_disk_id(const Sector& sector);

Result<Sector> read_sector(const BlockSource& disk, Lba at);

enum class FirstSector { kNoTable, kMbr, kProtective };

// What the first sector is. A bare FAT, NTFS or exFAT volume has the MBR's signature too: it is kNoTable. kCorrupt when
// it has the signature and entries that no table can have. Entries of a protective MBR are not judged.
Result<FirstSector> classify_first_sector(const BlockSource& disk, const Sector& sector);

// Where the chain of the table's extended partition goes, in the order of its links; empty without one. kCorrupt when
// it leaves the extended partition, comes back to itself, is longer than Linux and libfdisk follow, or is ambiguous.
Result<std::vector<Lba>> walk_extended_chain(const BlockSource& disk, const Sector& mbr);

}  // namespace kraken
