// What the readers of xz data share; for this folder alone.
#pragma once

#include <lzma.h>

#include "base/result.h"
#include "base/units.h"

namespace kraken {

class LzmaStream {
 public:
  LzmaStream() = default;
  LzmaStream(const LzmaStream&) = delete;
  LzmaStream& operator=(const LzmaStream&) = delete;
  ~LzmaStream() { lzma_end(&stream_); }

  lzma_stream* operator->() { return &stream_; }
  const lzma_stream* operator->() const { return &stream_; }
  lzma_stream* get() { return &stream_; }

 private:
  lzma_stream stream_ = LZMA_STREAM_INIT;
};

// What liblzma's answer says of data that was read up to this byte of the file.
Error xz_error(lzma_ret code, Bytes position);
// kUnsupported: decoding would take this much.
Error xz_takes_too_much(Bytes memory);

}  // namespace kraken
