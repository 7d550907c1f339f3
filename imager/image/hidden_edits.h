// Whether the running node would see what was put into its image: a file below a folder on which the system mounts
// something else is hidden by that, and the node would be set up in part without anybody being told. Changes nothing.
#pragma once

#include <vector>

#include "base/result.h"
#include "image/edit.h"
#include "image/os_mechanism.h"

namespace kraken {

// `tree` is the image after the edits: only then is it certain where a link leads whose target was missing. kBaseImage,
// with both paths, for the first edit that is hidden by a mount of the image's fstab, or by one that the system makes
// by itself (/proc, /sys, /dev, /run). Making the very folder that is mounted on is none.
Status refuse_hidden_edits(const std::vector<Edit>& edits, const OsFacts& os, ImageTree& tree);

}  // namespace kraken
