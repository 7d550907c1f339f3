// Which bytes of a card image matter, so that the rest need not be written: the partition table and what lies outside
// the partitions, and of each partition what its own file system calls used. A partition without a file system that is
// known here, or whose maps contradict themselves, matters as a whole.
#pragma once

#include <string>
#include <vector>

#include "block/block_source.h"

namespace kraken {

struct UsedSpace {
  // Sorted, disjoint, never empty, on 4 KiB except at the image's end. Gaps of less than 32 KiB count as used: a card
  // writes them as fast as it skips them.
  std::vector<Extent> extents;
  // One sentence for each partition that counts as a whole: which, and why.
  std::vector<std::string> whole;
};

// A partition's first and last MiB always count: what is left there of an earlier use (a RAID's, LVM's or another file
// system's mark) would make a system take the partition for something else. Of the space behind the last partition
// only the image's last MiB and what is not a hole counts.
// Fails as the image's read() does; a table or a file system that cannot be read is no failure, it counts as a whole.
Result<UsedSpace> find_used_space(const BlockSource& image);

}  // namespace kraken
