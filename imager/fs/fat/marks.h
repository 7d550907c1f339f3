// What a volume's boot sector says besides its geometry: whether it was unmounted, and whether fsck.fat, which is run
// on the node, would leave it as it is.
#pragma once

#include "fs/fat/volume.h"

namespace kraken::fat {

// kUnsupported for a volume that fsck.fat (dosfstools 4.2) calls wrong however sound it is: with more than two FATs, or
// FAT32 without a copy of its boot sector.
Status check_layout(const Geometry& geometry);

// Takes the marks of a volume in use away, Linux' in the boot sector and its copy, and Windows' in the FAT, as fsck.fat
// does: for a volume that was checked. The FAT is written by Volume::flush().
Status mark_unmounted(Volume& volume);

}  // namespace kraken::fat
