// Which bytes of a FAT16 or FAT32 volume have to be copied for it to be the same: everything before the clusters, and
// each cluster that the table does not call free. The answer is given only where the table can be trusted.
#pragma once

#include <vector>

#include "block/block_source.h"

namespace kraken {

// Sorted and disjoint, from `volume`'s start. kUnsupported when there is no FAT or one of a kind that is not handled;
// kCorrupt when the copies of the table differ, or a chain is broken, shared, or runs into a free cluster.
Result<std::vector<Extent>> used_fat_clusters(const BlockSource& volume);

}  // namespace kraken
