#include "decode/announced_size.h"

#include <array>

#include "base/endian.h"
#include "decode/stream_decoders.h"
#include "decode/xz_layout.h"

namespace kraken {

namespace {

std::optional<Bytes> xz_size(const BlockSource& input) {
  const auto layout = read_xz_layout(input);
  return layout ? std::optional(layout->image_size) : std::nullopt;
}

// RFC 8878, sections 3.1.1 and 3.1.2.
constexpr std::uint32_t kZstdMagic = 0xFD2FB528;
constexpr std::uint32_t kSkippableMagic = 0x184D2A50;  // and the fifteen that follow it
constexpr unsigned kRleBlock = 1;
// Blocks hold at most 128 KiB: more than these would be no image that is taken.
constexpr int kMaxZstdBlocks = 1 << 20;

class ZstdFrames {
 public:
  explicit ZstdFrames(const BlockSource& input) : input_(input) {}

  std::optional<Bytes> total() {
    Bytes sum = 0;
    while (at_ < input_.size()) {
      const auto magic = take(4);
      if (!magic) return std::nullopt;
      if ((*magic & ~0xFULL) == kSkippableMagic) {
        const auto length = take(4);
        if (!length) return std::nullopt;
        at_ += *length;
        continue;
      }
      const auto size = *magic == kZstdMagic ? frame() : std::nullopt;
      const auto more = size ? checked_add(sum, *size) : std::nullopt;
      if (!more) return std::nullopt;
      sum = *more;
    }
    return at_ == input_.size() ? std::optional(sum) : std::nullopt;
  }

 private:
  // A little-endian number of so many bytes.
  std::optional<std::uint64_t> take(unsigned bytes) {
    std::array<std::byte, 8> buffer{};
    if (at_ > input_.size() || bytes > input_.size() - at_) return std::nullopt;
    if (!input_.read(at_, std::span(buffer).first(bytes)).ok()) return std::nullopt;
    at_ += bytes;
    return read_le<std::uint64_t>(buffer, 0);
  }

  // The content size that its header names, and on to its end.
  std::optional<Bytes> frame() {
    const auto descriptor = take(1);
    if (!descriptor) return std::nullopt;
    const bool is_single_segment = (*descriptor & 0x20) != 0;
    const bool has_checksum = (*descriptor & 0x04) != 0;
    static constexpr std::array kDictionaryBytes = {0U, 1U, 2U, 4U};
    static constexpr std::array kSizeBytes = {0U, 2U, 4U, 8U};
    unsigned size_bytes = kSizeBytes.at(*descriptor >> 6);
    if (size_bytes == 0 && is_single_segment) size_bytes = 1;
    if (size_bytes == 0) return std::nullopt;
    at_ += (is_single_segment ? 0 : 1) + kDictionaryBytes.at(*descriptor & 3);
    auto size = take(size_bytes);
    if (!size || !skip_blocks()) return std::nullopt;
    if (has_checksum) at_ += 4;
    return size_bytes == 2 ? *size + 256 : *size;
  }

  bool skip_blocks() {
    while (blocks_++ < kMaxZstdBlocks) {
      const auto header = take(3);
      if (!header) return false;
      at_ += (*header >> 1 & 3) == kRleBlock ? 1 : *header >> 3;
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
