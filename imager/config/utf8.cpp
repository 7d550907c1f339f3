#include "config/utf8.h"

#include <cstdint>

namespace kraken {

namespace {

struct Lead {
  std::size_t length;    // of the whole sequence
  std::uint32_t bits;    // of the code point that the lead byte holds
  std::uint32_t lowest;  // code point that needs this length
};

std::optional<Lead> read_lead(unsigned char byte) {
  if (byte < 0x80) return Lead{1, byte, 0};
  if ((byte & 0xe0U) == 0xc0U) return Lead{2, byte & 0x1fU, 0x80};
  if ((byte & 0xf0U) == 0xe0U) return Lead{3, byte & 0x0fU, 0x800};
  if ((byte & 0xf8U) == 0xf0U) return Lead{4, byte & 0x07U, 0x10000};
  return std::nullopt;
}

bool is_sequence(std::string_view sequence, const Lead& lead) {
  std::uint32_t point = lead.bits;
  for (const char c : sequence.substr(1)) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xc0U) != 0x80U) return false;
    point = (point << 6U) | (byte & 0x3fU);
  }
  const bool surrogate = point >= 0xd800 && point <= 0xdfff;
  return point >= lead.lowest && point <= 0x10ffff && !surrogate;
}

}  // namespace

std::optional<std::size_t> find_broken_utf8(std::string_view text) {
  std::size_t offset = 0;
  while (offset < text.size()) {
    const auto lead = read_lead(static_cast<unsigned char>(text[offset]));
    if (!lead || text.size() - offset < lead->length) return offset;
    if (!is_sequence(text.substr(offset, lead->length), *lead)) return offset;
    offset += lead->length;
  }
  return std::nullopt;
}

}  // namespace kraken
