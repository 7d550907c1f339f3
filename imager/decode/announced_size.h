// How large an image will be once it is decoded, by what its file says of itself: the index of an xz file, a zip's
// directory, the headers of zstd's frames. Quick, and not to be believed over what decoding gives.
#pragma once

#include <optional>

#include "block/block_source.h"

namespace kraken {

// Nothing for gzip and bzip2, which do not know it, for a zstd stream that was made without, and for what is damaged:
// decoding says how.
std::optional<Bytes> announced_image_size(const BlockSource& input);

}  // namespace kraken
