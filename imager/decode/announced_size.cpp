#include "decode/announced_size.h"

#include "decode/stream_decoders.h"
#include "decode/xz_layout.h"
#include "decode/zstd_header.h"

namespace kraken {

namespace {

std::optional<Bytes> xz_size(const BlockSource& input) {
  const auto layout = read_xz_layout(input);
  return layout ? std::optional(layout->image_size) : std::nullopt;
}

// RFC 8878, section 3.1.1.2.
constexpr unsigned kRleBlock = 1;
// Blocks hold at most 128 KiB: more than these would be no image that is taken.
constexpr int kMaxZstdBlocks = 1 << 20;

class ZstdFrames {
 public:
  explicit ZstdFrames(const BlockSource& input) : input_(input) {}

  std::optional<Bytes> total() {
    Bytes sum = 0;
    while (at_ < input_.size()) {
      const auto start = skip_zstd_skippable(input_, at_);
      if (!start) return std::nullopt;
      at_ = *start;
      if (at_ == input_.size()) break;
      const auto size = frame();
      const auto more = size ? checked_add(sum, *size) : std::nullopt;
      if (!more) return std::nullopt;
      sum = *more;
    }
    return at_ == input_.size() ? std::optional(sum) : std::nullopt;
  }

 private:
  // The content size that its header names, and on to its end.
  std::optional<Bytes> frame() {
    const auto header = read_zstd_header(input_, at_);
    if (!header || !header->content_size) return std::nullopt;
    at_ = header->end;
    if (!skip_blocks()) return std::nullopt;
    if (header->has_checksum) at_ += 4;
    return header->content_size;
  }

  bool skip_blocks() {
    while (blocks_++ < kMaxZstdBlocks) {
      const auto header = read_zstd_number(input_, at_, 3);
      if (!header) return false;
      at_ += 3 + ((*header >> 1 & 3) == kRleBlock ? 1 : *header >> 3);
      if ((*header & 1) != 0) return true;
    }
    return false;
  }

  const BlockSource& input_;
  Bytes at_ = 0;
  int blocks_ = 0;
};

}  // namespace

std::optional<Bytes> announced_image_size(const BlockSource& input) {
  const auto format = detect_source_format(input);
  if (!format.ok()) return std::nullopt;
  switch (*format) {
    case ImageFormat::kRaw:
      return input.size();
    case ImageFormat::kXz:
      return xz_size(input);
    case ImageFormat::kZstd:
      return ZstdFrames(input).total();
    case ImageFormat::kZip:
      return zip_image_size(input);
    case ImageFormat::kGzip:
    case ImageFormat::kBzip2:
      break;
  }
  return std::nullopt;
}

}  // namespace kraken
