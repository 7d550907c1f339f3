#include "disk/mbr.h"

#include <algorithm>
#include <bit>
#include <string_view>

#include "base/endian.h"
#include "base/text.h"

namespace kraken {

namespace {

constexpr std::size_t kSignature = 510;
constexpr std::uint16_t kSignatureValue = 0xAA55;
constexpr std::uint8_t kBootable = 0x80;
constexpr std::uint8_t kTypeProtective = 0xEE;  // UEFI specification 2.10, section 5.2.3

// libfdisk holds at most 60 partitions of a table, four of them primary (MAXIMUM_PARTS).
constexpr std::size_t kMaxLogical = 56;

// Only for offsets inside the sector.
template <typename T>
T field(const Sector& sector, std::size_t offset) {
  return read_le<T>(sector, offset).value_or(0);
}

bool has_signature(const Sector& sector) {
  return field<std::uint16_t>(sector, kSignature) == kSignatureValue;
}

// Microsoft FAT specification 1.03, section "Boot Sector and BPB". Lenient: only what every FAT driver insists on.
bool has_fat_parameters(const Sector& sector) {
  const auto jump = field<std::uint8_t>(sector, 0);
  const auto bytes_per_sector = field<std::uint16_t>(sector, 11);
  const auto sectors_per_cluster = field<std::uint8_t>(sector, 13);
  const auto reserved = field<std::uint16_t>(sector, 14);
  const auto fats = field<std::uint8_t>(sector, 16);
  const auto media = field<std::uint8_t>(sector, 21);
  return (jump == 0xEB || jump == 0xE9) && std::has_single_bit(bytes_per_sector) && bytes_per_sector >= 512 &&
         bytes_per_sector <= 4096 && std::has_single_bit(sectors_per_cluster) && reserved != 0 &&
         (fats == 1 || fats == 2) && (media == 0xF0 || media >= 0xF8);
}

// NTFS and exFAT name themselves where FAT has the name of who formatted it.
bool is_other_boot_sector(const Sector& sector) {
  const std::string_view name = as_text(std::span(sector)).substr(3, 8);
  return name == "NTFS    " || name == "EXFAT   ";
}

// A sentence on what is wrong, or nothing. The last sector may lie at 2^33 at most, so nothing here overflows.
std::string fault_of(const MbrEntry& entry, Bytes disk_size) {
  if (entry.boot_flag != 0 && entry.boot_flag != kBootable) return "has a boot flag that is neither 00 nor 80";
  if (entry.is_extended() && !entry.is_used()) return "is an extended partition without a size";
  if (!entry.is_used()) return {};
  if (entry.type == 0) return "has a size but no type";
  if (entry.start.value == 0) return "starts on the partition table itself";
  const Bytes end = (entry.start.value + entry.sectors) * kSectorSize;
  if (end > disk_size) {
    return "ends at byte " + std::to_string(end) + ", past the disk's end at " + std::to_string(disk_size) +
           " (is the image truncated?)";
  }
  return {};
}

Error corrupt(const std::string& what) {
  return Error(ErrorCode::kCorrupt, "partition table: " + what);
}

// One link of the chain.
struct Link {
  MbrEntry data;
  MbrEntry next;
};

Result<Link> parse_link(const Sector& sector, Lba at) {
  const std::string name = "the extended partition table at sector " + std::to_string(at.value);
  if (!has_signature(sector)) return corrupt(name + " has no signature (55 AA)");
  Link link;
  for (int i = 0; i < kMbrEntryCount; ++i) {
    const MbrEntry entry = mbr_entry(sector, i);
    if (entry.is_extended() && !entry.is_used()) return corrupt(name + " has a link without a size");
    if (!entry.is_used()) continue;
    if (entry.type == 0) return corrupt(name + " has an entry with a size but no type");
    MbrEntry& slot = entry.is_extended() ? link.next : link.data;
    if (slot.is_used()) return corrupt(name + " has more than one partition or link");
    slot = entry;
  }
  return link;
}

}  // namespace

bool MbrEntry::is_extended() const {
  return type == 0x05 || type == 0x0F || type == 0x85;
}

MbrEntry mbr_entry(const Sector& sector, int index) {
  const std::size_t at = kMbrEntries + kMbrEntrySize * static_cast<std::size_t>(index);
  MbrEntry entry;
  entry.boot_flag = field<std::uint8_t>(sector, at);
  entry.type = field<std::uint8_t>(sector, at + 4);
  entry.start = Lba{field<std::uint32_t>(sector, at + 8)};
  entry.sectors = field<std::uint32_t>(sector, at + 12);
  return entry;
}

std::uint32_t mbr_disk_id(const Sector& sector) {
  return field<std::uint32_t>(sector, kMbrDiskId);
}

Result<Sector> read_sector(const BlockSource& disk, Lba at) {
  const auto offset = to_bytes(at);
  if (!offset) return corrupt("sector " + std::to_string(at.value) + " cannot be on any disk");
  Sector sector{};
  KRAKEN_TRY(disk.read(*offset, sector).with_context("partition table: sector " + std::to_string(at.value)));
  return sector;
}

Result<FirstSector> classify_first_sector(const BlockSource& disk, const Sector& sector) {
  if (!has_signature(sector)) return FirstSector::kNoTable;
  std::string fault;
  bool is_empty = true;
  for (int i = 0; i < kMbrEntryCount; ++i) {
    const MbrEntry entry = mbr_entry(sector, i);
    if (entry.type == kTypeProtective) return FirstSector::kProtective;
    is_empty = is_empty && !entry.is_used();
    const std::string found = fault_of(entry, disk.size());
    if (fault.empty() && !found.empty()) fault = "entry " + std::to_string(i + 1) + " " + found;
  }
  // A boot sector may be followed by a table in the same sector, as some USB sticks have it; but only if it makes
  // sense.
  const bool is_volume = has_fat_parameters(sector) || is_other_boot_sector(sector);
  if (is_volume && (is_empty || !fault.empty())) return FirstSector::kNoTable;
  if (!fault.empty()) return corrupt(fault);
  return FirstSector::kMbr;
}

Result<std::vector<Lba>> walk_extended_chain(const BlockSource& disk, const Sector& mbr) {
  std::vector<Lba> chain;
  MbrEntry container;
  for (int i = 0; i < kMbrEntryCount; ++i) {
    const MbrEntry entry = mbr_entry(mbr, i);
    if (!entry.is_extended()) continue;
    if (container.is_used()) return corrupt("more than one extended partition");
    container = entry;
  }
  if (!container.is_used()) return chain;
  const Lba end{container.start.value + container.sectors};
  Lba at = container.start;
  while (true) {
    if (std::ranges::find(chain, at) != chain.end()) return corrupt("the chain of extended partitions is a loop");
    if (chain.size() == kMaxLogical) return corrupt("more than 56 extended partitions in a chain");
    chain.push_back(at);
    KRAKEN_ASSIGN(const Sector sector, read_sector(disk, at));
    KRAKEN_ASSIGN(const Link link, parse_link(sector, at));
    if (link.data.is_used() &&
        (link.data.start.value == 0 || at.value + link.data.start.value + link.data.sectors > end.value)) {
      return corrupt("the logical partition of sector " + std::to_string(at.value) + " leaves the extended partition");
    }
    if (!link.next.is_used()) return chain;
    at = Lba{container.start.value + link.next.start.value};
    if (at >= end) return corrupt("the chain of extended partitions leaves the extended partition");
  }
}

}  // namespace kraken
