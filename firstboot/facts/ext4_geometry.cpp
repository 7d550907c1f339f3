#include "facts/ext4_geometry.h"

#include <algorithm>
#include <bit>

#include "base/endian.h"

namespace kraken {

namespace {

// Offsets and flags: Linux, Documentation/filesystems/ext4/super.rst.
constexpr std::size_t kBlocksLow = 0x04;
constexpr std::size_t kFirstDataBlock = 0x14;
constexpr std::size_t kLogBlockSize = 0x18;
constexpr std::size_t kLogClusterSize = 0x1c;
constexpr std::size_t kBlocksPerGroup = 0x20;
constexpr std::size_t kInodesPerGroup = 0x28;
constexpr std::size_t kMagicAt = 0x38;
constexpr std::size_t kState = 0x3a;
constexpr std::size_t kRevision = 0x4c;
constexpr std::size_t kInodeSize = 0x58;
constexpr std::size_t kIncompatible = 0x60;
constexpr std::size_t kReadOnlyCompatible = 0x64;
constexpr std::size_t kReservedGdtBlocks = 0xce;
constexpr std::size_t kDescriptorSize = 0xfe;
constexpr std::size_t kFirstMetaBg = 0x104;
constexpr std::size_t kBlocksHigh = 0x150;

constexpr std::uint16_t kMagic = 0xef53;
constexpr std::uint16_t kStateErrors = 0x2;
constexpr std::uint32_t kIncompatMetaBg = 0x10;
constexpr std::uint32_t kIncompat64Bit = 0x80;
constexpr std::uint32_t kRoCompatSparseSuper = 0x1;
constexpr std::uint32_t kRoCompatBigalloc = 0x200;

template <typename T>
T field(std::span<const std::byte> superblock, std::size_t offset) {
  return read_le<T>(superblock, offset).value_or(0);
}

bool is_power_of(std::uint64_t value, std::uint64_t base) {
  while (value % base == 0) value /= base;
  return value == 1;
}

bool has_superblock(const Ext4Geometry& geometry, std::uint64_t group) {
  if (group <= 1 || !geometry.sparse_super) return true;
  return is_power_of(group, 3) || is_power_of(group, 5) || is_power_of(group, 7);
}

std::uint64_t group_of(const Ext4Geometry& geometry, std::uint64_t block) {
  return (block - geometry.first_data_block) / geometry.blocks_per_group;
}

// Group descriptor blocks that the group carries (Linux, fs/ext4/balloc.c, ext4_bg_num_gdb).
std::uint64_t descriptor_blocks(const Ext4Geometry& geometry, std::uint64_t group) {
  const std::uint64_t per_block = geometry.descriptors_per_block;
  const std::uint64_t meta_group = group / per_block;
  if (geometry.first_meta_bg && meta_group >= *geometry.first_meta_bg) {
    const std::uint64_t place = group % per_block;
    return place == 0 || place == 1 || place == per_block - 1 ? 1 : 0;
  }
  if (!has_superblock(geometry, group)) return 0;
  if (geometry.first_meta_bg) return *geometry.first_meta_bg;
  return group_of(geometry, geometry.blocks - 1) / per_block + 1;
}

// The blocks that a last group must exceed to be worth having (Linux, fs/ext4/resize.c, ext4_resize_fs): its tables, as
// if the inode table and both bitmaps lay in it, and a cluster.
std::uint64_t last_group_minimum(const Ext4Geometry& geometry, std::uint64_t group) {
  std::uint64_t overhead = descriptor_blocks(geometry, group);
  if (has_superblock(geometry, group)) overhead += 1 + geometry.reserved_descriptor_blocks;
  return overhead + 2 + geometry.inode_table_blocks + geometry.blocks_per_cluster;
}

Error corrupt(std::string what) {
  return Error(ErrorCode::kCorrupt, "ext4 superblock: " + std::move(what));
}

Status read_block_sizes(std::span<const std::byte> superblock, Ext4Geometry& geometry) {
  const auto log_block = field<std::uint32_t>(superblock, kLogBlockSize);
  if (log_block > 6) return corrupt("a block size over 64 KiB");
  geometry.block_size = 1024U << log_block;
  if ((field<std::uint32_t>(superblock, kReadOnlyCompatible) & kRoCompatBigalloc) == 0) return ok_status();
  const auto log_cluster = field<std::uint32_t>(superblock, kLogClusterSize);
  if (log_cluster < log_block || log_cluster - log_block > 20) return corrupt("an impossible cluster size");
  geometry.blocks_per_cluster = 1U << (log_cluster - log_block);
  return ok_status();
}

Status read_inode_tables(std::span<const std::byte> superblock, Ext4Geometry& geometry) {
  constexpr std::uint16_t kOldInodeSize = 128;  // of revision 0, which has no field for it
  const bool old = field<std::uint32_t>(superblock, kRevision) == 0;
  const std::uint32_t inode_size = old ? kOldInodeSize : field<std::uint16_t>(superblock, kInodeSize);
  const auto inodes = field<std::uint32_t>(superblock, kInodesPerGroup);
  if (!std::has_single_bit(inode_size) || inode_size < kOldInodeSize || inode_size > geometry.block_size) {
    return corrupt("an impossible inode size");
  }
  // One block of bitmap numbers the inodes of a group.
  if (inodes == 0 || inodes > geometry.block_size * 8) return corrupt("an impossible number of inodes in a group");
  geometry.inode_table_blocks = (inodes + geometry.block_size / inode_size - 1) / (geometry.block_size / inode_size);
  return ok_status();
}

Status read_descriptors(std::span<const std::byte> superblock, Ext4Geometry& geometry) {
  constexpr std::uint32_t kShort = 32;
  const auto incompatible = field<std::uint32_t>(superblock, kIncompatible);
  geometry.has_64bit = (incompatible & kIncompat64Bit) != 0;
  const std::uint32_t size = geometry.has_64bit ? field<std::uint16_t>(superblock, kDescriptorSize) : kShort;
  if (!std::has_single_bit(size) || size < kShort || size > 1024) return corrupt("an impossible descriptor size");
  geometry.descriptors_per_block = geometry.block_size / size;
  geometry.reserved_descriptor_blocks = field<std::uint16_t>(superblock, kReservedGdtBlocks);
  if ((incompatible & kIncompatMetaBg) != 0) geometry.first_meta_bg = field<std::uint32_t>(superblock, kFirstMetaBg);
  return ok_status();
}

}  // namespace

Result<Ext4Geometry> parse_ext4_superblock(std::span<const std::byte> superblock) {
  if (superblock.size() < kExt4SuperblockSize) return corrupt("cut off");
  if (field<std::uint16_t>(superblock, kMagicAt) != kMagic) return corrupt("the magic number is not there");
  Ext4Geometry geometry;
  KRAKEN_TRY(read_block_sizes(superblock, geometry));
  KRAKEN_TRY(read_inode_tables(superblock, geometry));
  KRAKEN_TRY(read_descriptors(superblock, geometry));
  geometry.first_data_block = field<std::uint32_t>(superblock, kFirstDataBlock);
  geometry.blocks_per_group = field<std::uint32_t>(superblock, kBlocksPerGroup);
  geometry.blocks = field<std::uint32_t>(superblock, kBlocksLow);
  if (geometry.has_64bit) geometry.blocks |= std::uint64_t{field<std::uint32_t>(superblock, kBlocksHigh)} << 32;
  geometry.sparse_super = (field<std::uint32_t>(superblock, kReadOnlyCompatible) & kRoCompatSparseSuper) != 0;
  geometry.has_errors = (field<std::uint16_t>(superblock, kState) & kStateErrors) != 0;
  if (geometry.blocks_per_group == 0) return corrupt("no blocks in a group");
  if (geometry.blocks <= geometry.first_data_block) return corrupt("no blocks");
  if (!checked_mul(geometry.blocks, geometry.block_size)) return corrupt("more blocks than can be addressed");
  return geometry;
}

std::uint64_t largest_ext4(const Ext4Geometry& geometry, Bytes device_size) {
  std::uint64_t blocks = device_size / geometry.block_size;
  if (!geometry.has_64bit) blocks = std::min<std::uint64_t>(blocks, UINT32_MAX);
  blocks = round_down(blocks, geometry.blocks_per_cluster);
  if (blocks <= geometry.blocks) return geometry.blocks;
  const std::uint64_t last = group_of(geometry, blocks - 1);
  const std::uint64_t last_start = geometry.first_data_block + last * geometry.blocks_per_group;
  if (blocks - last_start <= last_group_minimum(geometry, last)) blocks = last_start;
  return std::max(blocks, geometry.blocks);
}

}  // namespace kraken
