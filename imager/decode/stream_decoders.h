// The decoders behind open_image_decoder(), one source file each. Each reports the end as decoder.h promises; none of
// them looks at what it decodes.
#pragma once

#include <optional>

#include "decode/decoder.h"

namespace kraken {

// liblzma, on one processor: for files with a single block, and those with something wrong.
Result<std::unique_ptr<Decoder>> open_xz_decoder(const BlockSource& input, const DecodeLimits& limits);

// zlib: libarchive reads gzip too, but ignores its checksum and what follows it.
Result<std::unique_ptr<Decoder>> open_gzip_decoder(const BlockSource& input);

// libarchive, for kZstd and kBzip2.
Result<std::unique_ptr<Decoder>> open_filter_decoder(const BlockSource& input, ImageFormat format);

// libarchive. The one image of the archive; kUnsupported, with what there is, when there is none or more than one, or
// when it is encrypted.
Result<std::unique_ptr<Decoder>> open_zip_decoder(const BlockSource& input);

// How large the archive's one image is by its directory; nothing when that does not say, or there is not one image.
std::optional<Bytes> zip_image_size(const BlockSource& input);

}  // namespace kraken
