// One image from a compressed source into an empty file: decoded, hashed on both sides, written sparsely. An xz file of
// several blocks is decoded on all processors.
//
// Memory: a few MiB, and what DecodeLimits allows the decoder.
#pragma once

#include <string>

#include "block/growing_image.h"
#include "decode/base_cache.h"
#include "decode/decoder.h"

namespace kraken {

struct Unpacked {
  Bytes size = 0;            // of the raw image
  std::string image_sha256;  // of the raw image
  std::string file_sha256;   // of the input
};

// The empty file that the image goes to, and who follows it there while it grows: null for nobody.
struct UnpackInto {
  int fd = -1;
  GrowingImage* growing = nullptr;
};

// The input is read from several threads at a time. The file is not synced and not removed. Fails as the decoder, the
// input and the file do; kInterrupted when `progress` said so.
Result<Unpacked> unpack_image(const BlockSource& input, const UnpackInto& into, const DecodeLimits& limits,
                              const DecodeProgress& progress);

// The digest of a source that is used as it is. kInterrupted when `progress` said so.
Result<std::string> hash_source(const BlockSource& input, const DecodeProgress& progress);

// kInterrupted when there is somebody to ask, and they want to stop.
Status report_progress(const DecodeProgress& progress, Bytes done, Bytes total);

}  // namespace kraken
