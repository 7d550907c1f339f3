// Carries out a plan's edits on the file systems of an opened image, in the order they stand. Stops at the first
// failure, which leaves the overlay half-edited: drop it.
#pragma once

#include <vector>

#include "base/result.h"
#include "fs/image_tree.h"
#include "image/edit.h"

namespace kraken {

// Every error names the edit's path, and the overlay's file that it comes from: see told_of_overlay(). kNoSpace says
// which file system is full; kConfig when one file of an overlay is larger than all of it.
Status apply_edits(const std::vector<Edit>& edits, ImageTree& tree);

}  // namespace kraken
