#include "decode/xz_layout.h"

#include <memory>

#include "decode/input_cursor.h"
#include "decode/lzma_stream.h"

namespace kraken {

namespace {

constexpr Bytes kIndexMemory = 16 * kMiB;
constexpr lzma_vli kMaxBlocks = 1 << 16;

struct FreeIndex {
  void operator()(lzma_index* index) const { lzma_index_end(index, nullptr); }
};
using Index = std::unique_ptr<lzma_index, FreeIndex>;

// Of all streams in the file, for they decode to one image.
Index read_index(const BlockSource& input) {
  LzmaStream stream;
  lzma_index* found = nullptr;
  if (lzma_file_info_decoder(stream.get(), &found, kIndexMemory, input.size()) != LZMA_OK) return nullptr;
  InputCursor cursor(input);
  lzma_ret code = LZMA_OK;
  while (code == LZMA_OK || code == LZMA_SEEK_NEEDED) {
    if (code == LZMA_SEEK_NEEDED) {
      cursor.seek(stream->seek_pos);
      stream->avail_in = 0;
    }
    if (stream->avail_in == 0) {
      const auto piece = cursor.next();
      if (!piece.ok()) return nullptr;
      stream->next_in = reinterpret_cast<const std::uint8_t*>(piece->data());
      stream->avail_in = piece->size();
    }
    code = lzma_code(stream.get(), LZMA_RUN);
  }
  return Index(code == LZMA_STREAM_END ? found : nullptr);
}

}  // namespace

std::optional<XzLayout> read_xz_layout(const BlockSource& input) {
  const Index index = read_index(input);
  if (index == nullptr || lzma_index_block_count(index.get()) > kMaxBlocks) return std::nullopt;
  XzLayout layout;
  layout.image_size = lzma_index_uncompressed_size(index.get());
  lzma_index_iter at;
  lzma_index_iter_init(&at, index.get());
  while (lzma_index_iter_next(&at, LZMA_INDEX_ITER_BLOCK) == 0) {
    layout.blocks.push_back({at.block.compressed_file_offset, at.block.unpadded_size, at.block.uncompressed_file_offset,
                             at.block.uncompressed_size, at.stream.flags->check});
  }
  return layout;
}

}  // namespace kraken
