// The few numbers of an ext4 superblock that say how large the file system is and how large the kernel could make it.
// Read from the device: statfs() leaves the file system's own tables out. The superblock may be hostile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/result.h"
#include "base/units.h"

namespace kraken {

// Where the superblock lies on the device, and how long it is (Linux, Documentation/filesystems/ext4/super.rst).
inline constexpr Bytes kExt4SuperblockOffset = 1024;
inline constexpr std::size_t kExt4SuperblockSize = 1024;

struct Ext4Geometry {
  std::uint64_t blocks = 0;
  std::uint32_t block_size = 0;  // bytes, a power of two from 1024 to 65536
  std::uint32_t first_data_block = 0;
  std::uint32_t blocks_per_group = 0;
  std::uint32_t blocks_per_cluster = 1;     // more than 1 with bigalloc
  std::uint32_t inode_table_blocks = 0;     // of each group
  std::uint32_t descriptors_per_block = 0;  // group descriptors that fit into a block
  std::uint32_t reserved_descriptor_blocks = 0;
  std::optional<std::uint32_t> first_meta_bg = std::nullopt;  // with meta_bg: the first such group of groups
  bool sparse_super = false;
  bool has_64bit = false;
  bool has_errors = false;  // the kernel noted errors: it refuses to grow such a file system

  Bytes size() const { return blocks * block_size; }
};

// kCorrupt when the bytes (kExt4SuperblockSize of them) are no ext4 superblock or contradict themselves.
Result<Ext4Geometry> parse_ext4_superblock(std::span<const std::byte> superblock);

// The blocks that the kernel can grow the file system to on a device of that size. It leaves out a last group that is
// too small for its own tables, so this may be less than the device holds; never less than what there is now.
std::uint64_t largest_ext4(const Ext4Geometry& geometry, Bytes device_size);

}  // namespace kraken
