// What the header of a zstd frame says: RFC 8878, sections 3.1.1.1 (Frame_Header) and 3.1.2 (Skippable_Frame).
#pragma once

#include <cstdint>
#include <optional>

#include "block/block_source.h"

namespace kraken {

struct ZstdHeader {
  Bytes end = 0;  // where the first block begins
  std::optional<Bytes> content_size;
  Bytes window = 0;              // what the decoder has to keep in memory
  std::uint32_t dictionary = 0;  // the number of the one that it was packed with; 0 is none, or one without a number
  bool has_checksum = false;
};

// A little-endian number of up to eight bytes; nothing when it does not lie inside the input.
std::optional<std::uint64_t> read_zstd_number(const BlockSource& input, Bytes offset, unsigned bytes);

// Where the next frame that is not to be skipped begins, from a frame's start at `offset` on; the input's size when
// none follows. Nothing when a skippable frame is cut off.
std::optional<Bytes> skip_zstd_skippable(const BlockSource& input, Bytes offset);

// Nothing when no zstd frame begins there, or its header is cut off.
std::optional<ZstdHeader> read_zstd_header(const BlockSource& input, Bytes offset);

}  // namespace kraken
