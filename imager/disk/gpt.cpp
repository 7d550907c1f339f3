#include "disk/gpt.h"

#include <bit>

#include "base/endian.h"
#include "base/text.h"
#include "disk/mbr.h"

namespace kraken {

namespace {

constexpr Lba kHeader{1};

// UEFI specification 2.10, section 5.3.2, table 5.5.
constexpr std::size_t kEntriesLba = 72;
constexpr std::size_t kEntryCount = 80;
constexpr std::size_t kEntrySize = 84;
constexpr Bytes kSmallestEntry = 128;

// The specification asks for at least 16 KiB; sgdisk and libfdisk make no more than that unless told to.
constexpr Bytes kLargestArray = 4 * kMiB;

Error corrupt(const std::string& what) {
  return Error(ErrorCode::kCorrupt, "partition table: protective MBR, but the GPT header in sector 1 " + what);
}

}  // namespace

Result<bool> has_gpt_signature(const BlockSource& disk) {
  if (disk.size() < 2 * kSectorSize) return false;
  KRAKEN_ASSIGN(const Sector header, read_sector(disk, kHeader));
  return as_text(std::span(header)).starts_with("EFI PART");
}

Result<Extent> gpt_entries(const BlockSource& disk) {
  KRAKEN_ASSIGN(const bool is_there, has_gpt_signature(disk));
  if (!is_there) return corrupt("is missing (truncated, or sectors other than 512 bytes?)");
  KRAKEN_ASSIGN(const Sector header, read_sector(disk, kHeader));
  const Lba first{read_le<std::uint64_t>(header, kEntriesLba).value_or(0)};
  const Bytes count = read_le<std::uint32_t>(header, kEntryCount).value_or(0);
  const Bytes size = read_le<std::uint32_t>(header, kEntrySize).value_or(0);
  if (count == 0 || size < kSmallestEntry || !std::has_single_bit(size)) {
    return corrupt("describes entries that cannot be: " + std::to_string(count) + " of " + std::to_string(size) +
                   " bytes");
  }
  const Bytes length = count * size;  // both are 32 bits wide
  if (length > kLargestArray) {
    return Error(ErrorCode::kUnsupported, "partition table: a GPT of " + human_bytes(length) + "; at most " +
                                              human_bytes(kLargestArray) + " are read");
  }
  const auto start = to_bytes(first);
  if (!start || *start < 2 * kSectorSize || !check_range(*start, length, disk.size()).ok()) {
    return corrupt("has its entries outside the disk");
  }
  return Extent{*start, length, false};
}

}  // namespace kraken
