#include "fs/ext4/bitmap_check.h"

#include <algorithm>
#include <bit>
#include <string>
#include <vector>

#include "fs/ext4/volume.h"

namespace kraken::ext4 {

namespace {

std::uint64_t zeros_in(std::span<const unsigned char> bits, std::uint64_t count) {
  std::uint64_t ones = 0;
  for (std::uint64_t byte = 0; byte < count / 8; ++byte) ones += static_cast<unsigned>(std::popcount(bits[byte]));
  if (const std::uint64_t rest = count % 8; rest != 0) {
    ones += static_cast<unsigned>(std::popcount(static_cast<unsigned char>(bits[count / 8] & ((1U << rest) - 1))));
  }
  return count - ones;
}

Error miscounted(const std::string& what, dgrp_t group) {
  return Volume::damaged("the " + what + " bitmap of group " + std::to_string(group) +
                         " does not agree with the group's descriptor");
}

}  // namespace

Result<FreeCounts> count_free(ext2_filsys fs) {
  FreeCounts sum;
  std::vector<unsigned char> bits(fs->blocksize);
  const std::uint64_t end = ext2fs_blocks_count(fs->super);
  for (dgrp_t group = 0; group < fs->group_desc_count; ++group) {
    const std::uint64_t first = ext2fs_group_first_block2(fs, group);
    const std::uint64_t blocks = std::min<std::uint64_t>(fs->super->s_blocks_per_group, end - first);
    if (ext2fs_get_block_bitmap_range2(fs->block_map, first, blocks, bits.data()) != 0) {
      return miscounted("block", group);
    }
    const std::uint64_t free_blocks = zeros_in(bits, blocks);
    if (free_blocks != ext2fs_bg_free_blocks_count(fs, group)) return miscounted("block", group);

    const std::uint32_t inodes = fs->super->s_inodes_per_group;
    if (ext2fs_get_inode_bitmap_range2(fs->inode_map, std::uint64_t{group} * inodes + 1, inodes, bits.data()) != 0) {
      return miscounted("inode", group);
    }
    const std::uint64_t free_inodes = zeros_in(bits, inodes);
    if (free_inodes != ext2fs_bg_free_inodes_count(fs, group)) return miscounted("inode", group);
    sum.blocks += free_blocks;
    sum.inodes += static_cast<std::uint32_t>(free_inodes);
  }
  return sum;
}

Status check_metadata_in_use(ext2_filsys fs) {
  const auto used = [fs](std::uint64_t block) { return ext2fs_test_block_bitmap2(fs->block_map, block) != 0; };
  for (dgrp_t group = 0; group < fs->group_desc_count; ++group) {
    bool all = used(ext2fs_block_bitmap_loc(fs, group)) && used(ext2fs_inode_bitmap_loc(fs, group));
    const std::uint64_t table = ext2fs_inode_table_loc(fs, group);
    for (unsigned block = 0; all && block < fs->inode_blocks_per_group; ++block) all = used(table + block);
    if (!all) {
      return Volume::damaged("the block bitmap calls blocks free that group " + std::to_string(group) + " lies in");
    }
  }
  return ok_status();
}

}  // namespace kraken::ext4
