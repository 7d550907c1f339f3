#include "decode/xz_block_decoder.h"

#include <algorithm>

namespace kraken {

// The list ends with the id that is none.
XzBlockDecoder::~XzBlockDecoder() {
  lzma_filters_free(filters_.data(), nullptr);
}

Result<Bytes> XzBlockDecoder::memory_for(const BlockSource& input, const XzBlock& block) {
  XzBlockDecoder decoder(input, block);
  KRAKEN_TRY(decoder.read_header());
  return decoder.memory();
}

Result<std::unique_ptr<XzBlockDecoder>> XzBlockDecoder::open(const BlockSource& input, const XzBlock& block,
                                                             Bytes memory) {
  std::unique_ptr<XzBlockDecoder> decoder(new XzBlockDecoder(input, block));
  KRAKEN_TRY(decoder->read_header());
  KRAKEN_ASSIGN(const Bytes needed, decoder->memory());
  if (needed > memory) return xz_takes_too_much(needed);
  KRAKEN_TRY(decoder->start());
  return decoder;
}

Status XzBlockDecoder::read_header() {
  filters_[0].id = LZMA_VLI_UNKNOWN;
  std::array<std::byte, LZMA_BLOCK_HEADER_SIZE_MAX> header{};
  KRAKEN_TRY(input_.read(place_.offset, std::span(header).first(1)));
  // Zero is how an index begins.
  if (header[0] == std::byte{0}) return xz_error(LZMA_DATA_ERROR, place_.offset);
  block_.version = 1;
  block_.check = static_cast<lzma_check>(place_.check);
  block_.header_size = lzma_block_header_size_decode(std::to_integer<std::uint32_t>(header[0]));
  block_.filters = filters_.data();
  KRAKEN_TRY(input_.read(place_.offset, std::span(header).first(block_.header_size)));
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(header.data());
  lzma_ret code = lzma_block_header_decode(&block_, nullptr, bytes);
  if (code == LZMA_OK) code = lzma_block_compressed_size(&block_, place_.length);
  if (code != LZMA_OK) return xz_error(code, place_.offset);
  if (block_.uncompressed_size != LZMA_VLI_UNKNOWN && block_.uncompressed_size != place_.size) {
    return xz_error(LZMA_DATA_ERROR, place_.offset);
  }
  block_.uncompressed_size = place_.size;
  if (lzma_check_is_supported(block_.check) == 0) return xz_error(LZMA_UNSUPPORTED_CHECK, place_.offset);
  return ok_status();
}

Result<Bytes> XzBlockDecoder::memory() const {
  const Bytes memory = lzma_raw_decoder_memusage(filters_.data());
  if (memory == UINT64_MAX) return xz_error(LZMA_OPTIONS_ERROR, place_.offset);
  return memory;
}

Status XzBlockDecoder::start() {
  const lzma_ret code = lzma_block_decoder(stream_.get(), &block_);
  if (code != LZMA_OK) return xz_error(code, place_.offset);
  position_ = place_.offset + block_.header_size;
  end_ = place_.offset + lzma_block_total_size(&block_);
  buffer_.resize(std::min(kInputBuffer, end_ - position_));
  return ok_status();
}

Result<std::size_t> XzBlockDecoder::read(std::span<std::byte> out) {
  stream_->next_out = reinterpret_cast<std::uint8_t*>(out.data());
  stream_->avail_out = out.size();
  while (!ended_ && stream_->avail_out > 0) KRAKEN_TRY(step());
  return out.size() - stream_->avail_out;
}

Status XzBlockDecoder::step() {
  if (stream_->avail_in == 0 && position_ < end_) {
    const auto piece = std::span(buffer_).first(std::min<Bytes>(buffer_.size(), end_ - position_));
    KRAKEN_TRY(input_.read(position_, piece));
    position_ += piece.size();
    stream_->next_in = reinterpret_cast<const std::uint8_t*>(piece.data());
    stream_->avail_in = piece.size();
  }
  const lzma_ret code = lzma_code(stream_.get(), LZMA_RUN);
  if (code == LZMA_STREAM_END) {
    ended_ = true;
  } else if (code != LZMA_OK) {
    return xz_error(code, position());
  }
  return ok_status();
}

}  // namespace kraken
