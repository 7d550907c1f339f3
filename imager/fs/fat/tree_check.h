// Walks every folder and every chain once before a volume is changed: on a volume where two files share clusters, one
// edit would destroy another file. Reads folders and the FAT, not the content of files; changes nothing.
#pragma once

#include "fs/fat/volume.h"

namespace kraken::fat {

// Whether clusters may be in use that belong to no file: they harm nobody, but fsck.fat would free them.
enum class LostClusters { kAllowed, kRefused };

// kCorrupt, naming the file, when a chain is broken or shared, a size and a chain disagree, a folder is reached twice,
// or two entries of a folder have the same 8.3 name; and for lost clusters, if so asked.
Status check_tree(Volume& volume, LostClusters lost);

}  // namespace kraken::fat
