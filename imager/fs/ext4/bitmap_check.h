// Whether an ext file system's bitmaps can be trusted to allocate from: they agree with the group descriptors, and what
// the file system itself lies in is marked as in use. e2fsck does more; this keeps an edit from making damage worse.
#pragma once

#include <ext2fs/ext2fs.h>

#include "base/result.h"

namespace kraken::ext4 {

class Volume;

struct FreeCounts {
  std::uint64_t blocks = 0;
  std::uint32_t inodes = 0;
};

// Both bitmaps must have been read. kCorrupt when a group's count is not what its bitmaps say.
Result<FreeCounts> count_free(ext2_filsys fs);
// kCorrupt when a bitmap or inode table lies in a block that its bitmap calls free.
Status check_metadata_in_use(ext2_filsys fs);
// Reads every inode. kCorrupt when a file that has a name lies in blocks, or has an inode, that the bitmaps call free.
Status check_files_in_use(Volume& volume);

}  // namespace kraken::ext4
