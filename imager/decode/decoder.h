// A compressed image as a stream of raw bytes. A decoder says "end" only after the compressed stream was seen to be
// whole: its end marker, every checksum and size that the format has, and nothing but zero padding behind it.
// Sequential, for one thread at a time. It does not own the input, which must outlive it.
#pragma once

#include <memory>
#include <span>

#include "block/block_source.h"
#include "decode/format.h"

namespace kraken {

class Decoder {
 public:
  virtual ~Decoder() = default;

  // Fills `out` (not empty) from its start and says how much of it: less than all only at the end, 0 after it. kCorrupt
  // when the input breaks its format, kUnsupported, or the input's own error; after an error only destruction is left.
  virtual Result<std::size_t> read(std::span<std::byte> out) = 0;

  // How far into the compressed input it has come, in bytes: for progress.
  virtual Bytes consumed() const = 0;
};

struct DecodeLimits {
  Bytes max_image = 64 * kGiB;  // a larger image is refused as soon as it has grown beyond
  // What decoding xz may take, except for fixed buffers of a few MiB: a dictionary of 128 MiB, which is twice that of
  // `xz -9`, or sixteen of 8 MiB, that of `xz -6`. libarchive has the same bound for zstd; the other formats take less.
  Bytes memory = 144 * kMiB;
  // What all threads of unpack_image() together may take of that. It only says how many there are: less than two of
  // them need is one stream, which may take `memory`.
  Bytes memory_of_threads = 144 * kMiB;
  unsigned threads = 0;  // that unpack_image() may use for an xz file of several blocks; 0: one for each processor
};

// The format of the input. Fails as detect_format() and the input do; kCorrupt when it is empty.
Result<ImageFormat> detect_source_format(const BlockSource& input);

// Detects the format and opens the image in it. Besides its own stream, what is decoded is checked: not larger than the
// limit, not compressed a second time, not a tar archive, not empty, a whole number of 512-byte sectors.
Result<std::unique_ptr<Decoder>> open_image_decoder(const BlockSource& input, const DecodeLimits& limits);

}  // namespace kraken
