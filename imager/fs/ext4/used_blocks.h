// Which bytes of an ext2/3/4 file system have to be copied for it to be the same: its used blocks, and all that
// e2fsck and a kernel read besides. The answer is given only where the file system's own maps can be trusted.
#pragma once

#include <vector>

#include "block/block_source.h"

namespace kraken {

// Sorted and disjoint, from `volume`'s start: what the block bitmap calls used (whole clusters with bigalloc; the
// tables of groups whose bitmap was never initialised), superblocks, group descriptors and the room reserved for more,
// backups included, and what lies before the first block that the bitmap knows.
// kUnsupported when there is no ext file system, or one that open_ext4() refuses; kCorrupt when it is damaged or not
// cleanly unmounted, when the bitmaps do not agree with the group descriptors, or when a file lies in blocks that they
// call free.
Result<std::vector<Extent>> used_ext4_blocks(const BlockSource& volume);

}  // namespace kraken
