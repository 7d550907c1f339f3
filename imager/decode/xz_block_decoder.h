// One block of an xz file as a stream of raw bytes. Like a Decoder it says "end" only after the block was seen to be
// whole: its checksum, and the sizes that the index names. Does not own the input, which must outlive it. For one
// thread; other blocks may be decoded on others if the input may be read from them. For this folder alone.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <vector>

#include "block/block_source.h"
#include "decode/lzma_stream.h"
#include "decode/xz_layout.h"

namespace kraken {

class XzBlockDecoder {
 public:
  static constexpr Bytes kInputBuffer = 256 * kKiB;

  // What decoding the block takes besides that buffer, by its header: its dictionary, mostly. kCorrupt, kUnsupported,
  // or the input's error.
  static Result<Bytes> memory_for(const BlockSource& input, const XzBlock& block);
  // Fails as memory_for(), and with kUnsupported when it takes more than `memory`.
  static Result<std::unique_ptr<XzBlockDecoder>> open(const BlockSource& input, const XzBlock& block, Bytes memory);

  ~XzBlockDecoder();
  XzBlockDecoder(const XzBlockDecoder&) = delete;
  XzBlockDecoder& operator=(const XzBlockDecoder&) = delete;

  // As Decoder::read().
  Result<std::size_t> read(std::span<std::byte> out);
  // How far into the file it has come.
  Bytes position() const { return position_ - stream_->avail_in; }

 private:
  XzBlockDecoder(const BlockSource& input, const XzBlock& block) : input_(input), place_(block) {}
  Status read_header();
  Result<Bytes> memory() const;
  Status start();
  Status step();

  const BlockSource& input_;
  XzBlock place_;
  std::array<lzma_filter, LZMA_FILTERS_MAX + 1> filters_{};  // their options are its own
  lzma_block block_{};
  LzmaStream stream_;
  std::vector<std::byte> buffer_;
  Bytes position_ = 0;
  Bytes end_ = 0;  // in the file, with padding
  bool ended_ = false;
};

}  // namespace kraken
