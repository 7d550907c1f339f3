#include "fs/ext4/bitmap_check.h"

#include <algorithm>
#include <bit>
#include <memory>
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
    // The range, the counts and the map's bits are clusters, which are blocks unless the file system has bigalloc.
    const std::uint64_t first = ext2fs_group_first_block2(fs, group);
    const std::uint64_t blocks = std::min<std::uint64_t>(fs->super->s_blocks_per_group, end - first);
    const std::uint64_t clusters = EXT2FS_NUM_B2C(fs, blocks);
    if (ext2fs_get_block_bitmap_range2(fs->block_map, EXT2FS_B2C(fs, first), clusters, bits.data()) != 0) {
      return miscounted("block", group);
    }
    const std::uint64_t free_blocks = zeros_in(bits, clusters);
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

namespace {

// Whether all blocks that an inode was seen to have are in use.
struct BlocksSeen {
  std::uint64_t end = 0;
  bool all_in_use = true;
};

int look_at_block(ext2_filsys fs, blk64_t* block, e2_blkcnt_t /*count*/, blk64_t /*reference*/, int /*offset*/,
                  void* opaque) {
  auto& seen = *static_cast<BlocksSeen*>(opaque);
  seen.all_in_use = seen.all_in_use && *block < seen.end && ext2fs_test_block_bitmap2(fs->block_map, *block) != 0;
  return seen.all_in_use ? 0 : BLOCK_ABORT;
}

Error file_in_free_blocks(ext2_ino_t number) {
  return Volume::damaged("inode " + std::to_string(number) + " lies in blocks or an inode that the bitmaps call free");
}

Status check_inode(Volume& volume, ext2_ino_t number, ext2_inode& inode) {
  ext2_filsys fs = volume.fs();
  BlocksSeen seen{ext2fs_blocks_count(fs->super)};
  if (ext2fs_test_inode_bitmap2(fs->inode_map, number) == 0) return file_in_free_blocks(number);
  if (const blk64_t xattrs = ext2fs_file_acl_block(fs, &inode); xattrs != 0) {
    blk64_t block = xattrs;
    look_at_block(fs, &block, 0, 0, 0, &seen);
  }
  if (ext2fs_inode_has_valid_blocks2(fs, &inode) != 0) {
    KRAKEN_TRY(volume.check(ext2fs_block_iterate3(fs, number, BLOCK_FLAG_READ_ONLY, nullptr, look_at_block, &seen),
                            "following the blocks of inode " + std::to_string(number)));
  }
  return seen.all_in_use ? ok_status() : file_in_free_blocks(number);
}

}  // namespace

Status check_files_in_use(Volume& volume) {
  struct Close {
    void operator()(ext2_struct_inode_scan* scan) const { ext2fs_close_inode_scan(scan); }
  };
  ext2_inode_scan opened = nullptr;
  KRAKEN_TRY(volume.check(ext2fs_open_inode_scan(volume.fs(), 0, &opened), "reading the inodes"));
  const std::unique_ptr<ext2_struct_inode_scan, Close> scan(opened);
  while (true) {
    ext2_ino_t number = 0;
    ext2_inode inode{};
    KRAKEN_TRY(volume.check(ext2fs_get_next_inode(scan.get(), &number, &inode), "reading the inodes"));
    if (number == 0) return ok_status();
    if (inode.i_links_count != 0) KRAKEN_TRY(check_inode(volume, number, inode));
  }
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
