#include "fs/fat/name_text.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace kraken::fat {

namespace {

constexpr std::size_t kMaxUnits = 255;  // fatgen103, "FAT Long Directory Entries"

bool is_high_surrogate(char16_t c) {
  return c >= 0xd800 && c <= 0xdbff;
}
bool is_low_surrogate(char16_t c) {
  return c >= 0xdc00 && c <= 0xdfff;
}

// One code point off the front of `text`, per RFC 3629, section 4.
std::optional<char32_t> take_code_point(std::string_view& text) {
  static constexpr std::array<char32_t, 4> kSmallest = {0, 0x80, 0x800, 0x10000};
  const auto lead = static_cast<std::uint8_t>(text.front());
  std::size_t extra = 0;
  char32_t code = lead;
  if (lead >= 0xf0 && lead <= 0xf4) {
    extra = 3;
    code = lead & 0x07U;
  } else if (lead >= 0xe0 && lead <= 0xef) {
    extra = 2;
    code = lead & 0x0fU;
  } else if (lead >= 0xc2 && lead <= 0xdf) {
    extra = 1;
    code = lead & 0x1fU;
  } else if (lead >= 0x80) {
    return std::nullopt;
  }
  if (text.size() <= extra) return std::nullopt;
  for (std::size_t i = 1; i <= extra; ++i) {
    const auto next = static_cast<std::uint8_t>(text[i]);
    if ((next & 0xc0U) != 0x80) return std::nullopt;
    code = (code << 6) | (next & 0x3fU);
  }
  if (code < kSmallest.at(extra) || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return std::nullopt;
  text.remove_prefix(extra + 1);
  return code;
}

void append_utf8(std::string& text, char32_t code) {
  const auto put = [&text](char32_t byte) { text += static_cast<char>(static_cast<std::uint8_t>(byte)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xc0 | (code >> 6));
    put(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    put(0xe0 | (code >> 12));
    put(0x80 | ((code >> 6) & 0x3f));
    put(0x80 | (code & 0x3f));
  } else {
    put(0xf0 | (code >> 18));
    put(0x80 | ((code >> 12) & 0x3f));
    put(0x80 | ((code >> 6) & 0x3f));
    put(0x80 | (code & 0x3f));
  }
}

// Latin Extended-A comes in pairs, the capital first; which parity the capital has changes twice.
char16_t fold_latin_extended(char16_t c) {
  const bool capital_is_odd = (c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17e);
  const bool is_pair = capital_is_odd || (c <= 0x137 && c != 0x130 && c != 0x131) || (c >= 0x14a && c <= 0x177);
  if (!is_pair) return c;
  const bool is_odd = c % 2 != 0;
  return is_odd == capital_is_odd ? c : static_cast<char16_t>(c - 1);
}

char16_t fold_unit(char16_t c) {
  const auto less = [c](unsigned distance) { return static_cast<char16_t>(c - distance); };
  if (c >= u'a' && c <= u'z') return less(0x20);
  if (c < 0xe0) return c;
  if (c == 0xff) return 0x178;
  if (c <= 0xfe) return c == 0xf7 ? c : less(0x20);
  if (c >= 0x100 && c <= 0x17f) return fold_latin_extended(c);
  if (c >= 0x3b1 && c <= 0x3c9 && c != 0x3c2) return less(0x20);
  if (c >= 0x430 && c <= 0x44f) return less(0x20);
  if (c >= 0x450 && c <= 0x45f) return less(0x50);
  return c;
}

}  // namespace

std::optional<std::u16string> to_utf16(std::string_view text) {
  std::u16string units;
  while (!text.empty()) {
    const auto code = take_code_point(text);
    if (!code) return std::nullopt;
    if (*code < 0x10000) {
      units += static_cast<char16_t>(*code);
    } else {
      units += static_cast<char16_t>(0xd800 + ((*code - 0x10000) >> 10));
      units += static_cast<char16_t>(0xdc00 + ((*code - 0x10000) & 0x3ff));
    }
  }
  return units;
}

std::optional<std::string> to_utf8(std::u16string_view text) {
  std::string utf8;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char32_t code = text[i];
    if (is_low_surrogate(text[i])) return std::nullopt;
    if (is_high_surrogate(text[i])) {
      if (i + 1 == text.size() || !is_low_surrogate(text[i + 1])) return std::nullopt;
      code = 0x10000 + ((code - 0xd800) << 10) + (char32_t{text[i + 1]} - 0xdc00);
      ++i;
    }
    append_utf8(utf8, code);
  }
  return utf8;
}

std::u16string fold_case(std::u16string_view text) {
  std::u16string folded(text);
  std::ranges::transform(folded, folded.begin(), fold_unit);
  return folded;
}

bool is_long_name_char(char16_t c) {
  static constexpr std::u16string_view kForbidden = u"\"*/:<>?\\|";
  return c >= 0x20 && kForbidden.find(c) == std::u16string_view::npos;
}

Result<std::u16string> checked_name(std::string_view name) {
  const auto refuse = [](std::string_view why) {
    return Error(ErrorCode::kInvalidArgument, "the name cannot be stored on a FAT volume: it " + std::string(why));
  };
  auto units = to_utf16(name);
  if (!units) return refuse("is not valid UTF-8");
  if (units->empty()) return refuse("is empty");
  if (units->size() > kMaxUnits) return refuse("is longer than 255 UTF-16 units");
  if (!std::ranges::all_of(*units, is_long_name_char)) {
    return refuse("has a control character or one of \" * / : < > ? \\ |");
  }
  if (units->back() == u' ' || units->back() == u'.') return refuse("ends with a dot or a blank");
  return *std::move(units);
}

}  // namespace kraken::fat
