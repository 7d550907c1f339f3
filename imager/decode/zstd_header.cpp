#include "decode/zstd_header.h"

#include <array>

#include "base/endian.h"

namespace kraken {

namespace {

constexpr std::uint32_t kMagic = 0xFD2FB528;
constexpr std::uint32_t kSkippableMagic = 0x184D2A50;  // and the fifteen that follow it

// Numbers one after the other.
class Fields {
 public:
  Fields(const BlockSource& input, Bytes offset) : input_(input), at_(offset) {}

  std::optional<std::uint64_t> take(unsigned bytes) {
    const auto number = read_zstd_number(input_, at_, bytes);
    if (number) at_ += bytes;
    return number;
  }
  Bytes at() const { return at_; }

 private:
  const BlockSource& input_;
  Bytes at_;
};

// Section 3.1.1.1.2: five bits of exponent, three of mantissa.
Bytes window_of(std::uint64_t descriptor) {
  const Bytes base = Bytes{1} << (10 + (descriptor >> 3));
  return base + base / 8 * (descriptor & 7);
}

}  // namespace

std::optional<std::uint64_t> read_zstd_number(const BlockSource& input, Bytes offset, unsigned bytes) {
  std::array<std::byte, 8> buffer{};
  if (offset > input.size() || bytes > input.size() - offset) return std::nullopt;
  if (!input.read(offset, std::span(buffer).first(bytes)).ok()) return std::nullopt;
  return read_le<std::uint64_t>(buffer, 0);
}

std::optional<Bytes> skip_zstd_skippable(const BlockSource& input, Bytes offset) {
  while (offset < input.size()) {
    Fields fields(input, offset);
    const auto magic = fields.take(4);
    if (!magic || (*magic & ~0xFULL) != kSkippableMagic) return offset;
    const auto length = fields.take(4);
    if (!length || *length > input.size() - fields.at()) return std::nullopt;
    offset = fields.at() + *length;
  }
  return offset;
}

std::optional<ZstdHeader> read_zstd_header(const BlockSource& input, Bytes offset) {
  static constexpr std::array kDictionaryBytes = {0U, 1U, 2U, 4U};
  static constexpr std::array kSizeBytes = {0U, 2U, 4U, 8U};
  Fields fields(input, offset);
  if (fields.take(4) != kMagic) return std::nullopt;
  const auto descriptor = fields.take(1);
  if (!descriptor) return std::nullopt;
  const bool is_single_segment = (*descriptor & 0x20) != 0;
  const auto window = fields.take(is_single_segment ? 0 : 1);
  const auto dictionary = fields.take(kDictionaryBytes.at(*descriptor & 3));
  unsigned size_bytes = kSizeBytes.at(*descriptor >> 6);
  if (size_bytes == 0 && is_single_segment) size_bytes = 1;
  const auto size = fields.take(size_bytes);
  if (!window || !dictionary || !size) return std::nullopt;
  ZstdHeader header;
  header.end = fields.at();
  if (size_bytes != 0) header.content_size = size_bytes == 2 ? *size + 256 : *size;
  header.window = is_single_segment ? *header.content_size : window_of(*window);
  header.dictionary = static_cast<std::uint32_t>(*dictionary);
  header.has_checksum = (*descriptor & 0x04) != 0;
  return header;
}

}  // namespace kraken
