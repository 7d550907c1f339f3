#include "fs/ext4/used_blocks.h"

#include <algorithm>
#include <memory>

#include "block/read_only_store.h"
#include "fs/ext4/bitmap_check.h"
#include "fs/ext4/volume.h"

namespace kraken {

namespace {

using ext4::Volume;

struct FreeBitmap {
  void operator()(ext2fs_struct_generic_bitmap_base* map) const { ext2fs_free_generic_bmap(map); }
};
using OwnedBitmap = std::unique_ptr<ext2fs_struct_generic_bitmap_base, FreeBitmap>;

// The bitmap, and what it may leave out though it is there: the library only knows of a group's superblock and
// descriptors where the bitmap on the disk has them.
Result<OwnedBitmap> used_map(Volume& volume) {
  ext2fs_generic_bitmap copy = nullptr;
  KRAKEN_TRY(volume.check(ext2fs_copy_bitmap(volume.fs()->block_map, &copy), "copying the block bitmap"));
  OwnedBitmap map(copy);
  for (dgrp_t group = 0; group < volume.fs()->group_desc_count; ++group) {
    ext2fs_reserve_super_and_bgd(volume.fs(), group, map.get());
  }
  return map;
}

// The next run of set bits in [from, last]; an empty one when there is none.
struct Run {
  blk64_t first = 0;
  blk64_t end = 0;
};

Run next_run(ext2fs_block_bitmap map, blk64_t from, blk64_t last) {
  Run run;
  if (from > last || ext2fs_find_first_set_block_bitmap2(map, from, last, &run.first) != 0) return {};
  if (ext2fs_find_first_zero_block_bitmap2(map, run.first, last, &run.end) != 0) run.end = last + 1;
  return run;
}

std::vector<Extent> extents_of(ext2fs_block_bitmap map, ext2_filsys fs) {
  const blk64_t last = ext2fs_blocks_count(fs->super) - 1;
  const Bytes block = fs->blocksize;
  std::vector<Extent> extents;
  if (fs->super->s_first_data_block > 0) extents.push_back({0, fs->super->s_first_data_block * block, false});
  for (Run run = next_run(map, fs->super->s_first_data_block, last); run.end > 0; run = next_run(map, run.end, last)) {
    extents.push_back({run.first * block, (run.end - run.first) * block, false});
  }
  return extents;
}

}  // namespace

Result<std::vector<Extent>> used_ext4_blocks(const BlockSource& volume) {
  ReadOnlyStore store(volume);
  KRAKEN_ASSIGN(const auto opened, Volume::open(store, 1));
  KRAKEN_TRY(opened->begin_operation());
  KRAKEN_TRY(opened->load_bitmaps());
  KRAKEN_TRY(ext4::check_files_in_use(*opened));
  KRAKEN_ASSIGN(const OwnedBitmap map, used_map(*opened));
  return extents_of(map.get(), opened->fs());
}

}  // namespace kraken
