// Where the blocks of an xz file lie, as its index says: each can be decoded without the others. `xz -T` makes several,
// xz without -T one.
#pragma once

#include <optional>
#include <vector>

#include "block/block_source.h"

namespace kraken {

struct XzBlock {
  Bytes offset = 0;  // in the file
  Bytes length = 0;  // there: header, data and checksum, without the padding behind the data
  Bytes begin = 0;   // in the image
  Bytes size = 0;
  int check = 0;  // which kind of checksum: an lzma_check
};

struct XzLayout {
  std::vector<XzBlock> blocks;  // of all streams, in order, without gaps in the image
  Bytes image_size = 0;
};

// Quick, with at most a few MiB of memory, and not to be believed over what decoding gives. Nothing for what is
// damaged, and for more blocks than any image needs.
std::optional<XzLayout> read_xz_layout(const BlockSource& input);

}  // namespace kraken
