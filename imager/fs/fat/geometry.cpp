#include "fs/fat/geometry.h"

#include <array>
#include <string>

#include "base/endian.h"
#include "base/text.h"
#include "fs/fat/fat_error.h"

namespace kraken::fat {

namespace {

// fatgen103, "FAT Type Determination": these counts and no others. FAT32's upper bound is from "FAT Data Structure".
constexpr std::uint32_t kMinFat16Clusters = 4085;
constexpr std::uint32_t kMaxFat16Clusters = 65524;
constexpr std::uint32_t kMaxFat32Clusters = 0x0ffffff5;

constexpr Bytes kRecordSize = 32;
constexpr std::uint16_t kSignature = 0xaa55;
constexpr std::uint16_t kMirroringOff = 0x0080;  // BPB_ExtFlags

using BootSector = std::array<std::byte, 512>;

// The BIOS parameter block's fields under the names of fatgen103.
struct Bpb {
  std::uint32_t bytes_per_sector = 0;
  std::uint32_t sectors_per_cluster = 0;
  std::uint32_t reserved_sectors = 0;
  std::uint32_t fats = 0;
  std::uint32_t root_entries = 0;
  std::uint32_t total_sectors = 0;
  std::uint32_t media = 0;
  std::uint32_t fat_size_16 = 0;
  std::uint32_t fat_size_32 = 0;
  std::uint32_t ext_flags = 0;
  std::uint32_t version = 0;
  std::uint32_t root_cluster = 0;
  std::uint32_t fs_info_sector = 0;
  std::uint32_t backup_sector = 0;

  std::uint32_t fat_sectors() const { return fat_size_16 != 0 ? fat_size_16 : fat_size_32; }
};

template <typename T>
std::uint32_t field(const BootSector& boot, std::size_t offset) {
  return read_le<T>(boot, offset).value_or(0);
}

Bpb read_bpb(const BootSector& boot) {
  Bpb bpb;
  bpb.bytes_per_sector = field<std::uint16_t>(boot, 11);
  bpb.sectors_per_cluster = field<std::uint8_t>(boot, 13);
  bpb.reserved_sectors = field<std::uint16_t>(boot, 14);
  bpb.fats = field<std::uint8_t>(boot, 16);
  bpb.root_entries = field<std::uint16_t>(boot, 17);
  bpb.total_sectors = field<std::uint16_t>(boot, 19);
  bpb.media = field<std::uint8_t>(boot, 21);
  bpb.fat_size_16 = field<std::uint16_t>(boot, 22);
  if (bpb.total_sectors == 0) bpb.total_sectors = field<std::uint32_t>(boot, 32);
  bpb.fat_size_32 = field<std::uint32_t>(boot, 36);
  bpb.ext_flags = field<std::uint16_t>(boot, 40);
  bpb.version = field<std::uint16_t>(boot, 42);
  bpb.root_cluster = field<std::uint32_t>(boot, 44);
  bpb.fs_info_sector = field<std::uint16_t>(boot, 48);
  bpb.backup_sector = field<std::uint16_t>(boot, 50);
  return bpb;
}

// The BS_FilSysType text decides nothing (fatgen103 says so), except whether a senseless sector was meant to be a FAT.
bool claims_to_be_fat(const BootSector& boot) {
  const std::string_view text = as_text(boot);
  return text.substr(54, 3) == "FAT" || text.substr(82, 3) == "FAT";
}

Status check_is_fat(const BootSector& boot, const Bpb& bpb) {
  const auto no_fat = [](const std::string& why) {
    return Error(ErrorCode::kUnsupported, "no FAT file system: " + why);
  };
  if (field<std::uint16_t>(boot, 510) != kSignature) {
    if (claims_to_be_fat(boot)) return corrupt_volume("the boot sector lacks its signature 55 AA");
    return no_fat("the first sector has no boot signature");
  }
  const bool has_jump = boot[0] == std::byte{0xe9} || (boot[0] == std::byte{0xeb} && boot[2] == std::byte{0x90});
  const bool plausible = has_jump && bpb.bytes_per_sector != 0 && bpb.fats != 0 && bpb.reserved_sectors != 0;
  if (!plausible && !claims_to_be_fat(boot)) return no_fat("the first sector is no FAT boot sector");
  return ok_status();
}

bool is_power_of_two(std::uint32_t value) {
  return value != 0 && (value & (value - 1)) == 0;
}

Status check_fields(const Bpb& bpb) {
  const auto wrong = [](std::string_view name, std::uint32_t value) {
    return corrupt_volume("the boot sector gives " + std::to_string(value) + " as the " + std::string(name));
  };
  if (!is_power_of_two(bpb.bytes_per_sector) || bpb.bytes_per_sector < 512 || bpb.bytes_per_sector > 4096) {
    return wrong("sector size", bpb.bytes_per_sector);
  }
  if (!is_power_of_two(bpb.sectors_per_cluster)) return wrong("sectors of a cluster", bpb.sectors_per_cluster);
  if (bpb.reserved_sectors == 0) return wrong("count of reserved sectors", 0);
  if (bpb.fats == 0) return wrong("count of FATs", 0);
  if (bpb.media != 0xf0 && bpb.media < 0xf8) return wrong("media byte", bpb.media);
  if (bpb.fat_sectors() == 0) return wrong("sectors of a FAT", 0);
  const bool is_fat32 = bpb.fat_size_16 == 0;
  if (is_fat32 != (bpb.root_entries == 0)) return wrong("count of root entries", bpb.root_entries);
  if (bpb.root_entries * kRecordSize % bpb.bytes_per_sector != 0)
    return wrong("count of root entries", bpb.root_entries);
  if (bpb.total_sectors == 0) return wrong("count of sectors", 0);
  return ok_status();
}

Result<Geometry> lay_out(const Bpb& bpb) {
  Geometry at;
  at.sector_size = bpb.bytes_per_sector;
  at.cluster_size = at.sector_size * bpb.sectors_per_cluster;
  at.fat_count = bpb.fats;
  at.fat_offset = at.sector_size * bpb.reserved_sectors;
  at.fat_stride = at.sector_size * bpb.fat_sectors();
  at.root_offset = at.fat_offset + at.fat_stride * bpb.fats;
  at.root_size = bpb.root_entries * kRecordSize;
  at.data_offset = at.root_offset + at.root_size;
  const Bytes end = at.sector_size * bpb.total_sectors;
  if (at.data_offset >= end) {
    return corrupt_volume("the FATs and the root folder take " + human_bytes(at.data_offset) + " of a volume of " +
                          human_bytes(end));
  }
  const Bytes clusters = (end - at.data_offset) / at.cluster_size;
  if (clusters == 0 || clusters > kMaxFat32Clusters) {
    return corrupt_volume("the volume has " + std::to_string(clusters) + " clusters");
  }
  at.cluster_count = static_cast<std::uint32_t>(clusters);
  return at;
}

// By the letter of fatgen103 the count of clusters alone decides, and mtools does so. Linux, which mounts the volume on
// the node, and dosfstools take one without BPB_FATSz16 for FAT32 whatever its count is, and mkfs.vfat -F 32 makes such
// ones: so it is done here.
Status decide_type(const Bpb& bpb, Geometry& at) {
  at.type = bpb.fat_size_16 == 0 ? FatType::kFat32 : FatType::kFat16;
  if (at.type == FatType::kFat16) {
    if (at.cluster_count < kMinFat16Clusters) {
      return Error(ErrorCode::kUnsupported, "FAT12 is not supported; make the volume FAT16 or FAT32");
    }
    if (at.cluster_count > kMaxFat16Clusters) {
      return corrupt_volume("a FAT16 volume cannot have " + std::to_string(at.cluster_count) + " clusters");
    }
    return ok_status();
  }
  if (bpb.version != 0) return Error(ErrorCode::kUnsupported, "FAT32 of another version than 0.0 is not supported");
  if ((bpb.ext_flags & kMirroringOff) != 0) {
    return Error(ErrorCode::kUnsupported, "FAT32 whose FATs are not mirrored is not supported");
  }
  at.root_cluster = bpb.root_cluster;
  if (!at.has_cluster(at.root_cluster)) {
    return corrupt_volume("the root folder is said to start at cluster " + std::to_string(at.root_cluster) + " of " +
                          std::to_string(at.cluster_count));
  }
  // Some programs write 0xffff for "none"; any other number outside the reserved sectors is nothing to write to.
  const auto reserved = [&](std::uint32_t sector) { return sector != 0 && sector < bpb.reserved_sectors; };
  if (reserved(bpb.fs_info_sector)) at.fs_info_offset = bpb.fs_info_sector * at.sector_size;
  if (reserved(bpb.backup_sector)) at.backup_offset = bpb.backup_sector * at.sector_size;
  return ok_status();
}

}  // namespace

Result<Geometry> read_geometry(const BlockSource& volume) {
  BootSector boot{};
  if (volume.size() < boot.size()) return Error(ErrorCode::kUnsupported, "no FAT file system: the volume is too small");
  KRAKEN_TRY(volume.read(0, boot).with_context("reading the boot sector of a FAT volume"));
  const Bpb bpb = read_bpb(boot);
  KRAKEN_TRY(check_is_fat(boot, bpb));
  KRAKEN_TRY(check_fields(bpb));
  KRAKEN_ASSIGN(Geometry at, lay_out(bpb));
  KRAKEN_TRY(decide_type(bpb, at));

  const Bytes end = at.sector_size * bpb.total_sectors;
  if (end > volume.size()) {
    return corrupt_volume("the volume is cut short: its boot sector says " + std::to_string(end) +
                          " bytes, but there are " + std::to_string(volume.size()));
  }
  const Bytes entry_size = at.type == FatType::kFat16 ? 2 : 4;
  if (at.fat_stride / entry_size < Bytes{at.cluster_count} + kFirstCluster) {
    return corrupt_volume("a FAT of " + human_bytes(at.fat_stride) + " is too small for " +
                          std::to_string(at.cluster_count) + " clusters");
  }
  return at;
}

}  // namespace kraken::fat
