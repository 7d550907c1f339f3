#include "fs/fat/short_name.h"

#include <algorithm>
#include <bit>
#include <span>

#include "fs/fat/name_text.h"

namespace kraken::fat {

namespace {

constexpr std::size_t kBaseSize = 8;
constexpr std::size_t kExtensionSize = 3;

// A first byte of 0xe5 would mean "deleted", so that letter is stored as 0x05 (fatgen103, DIR_Name[0]).
constexpr std::uint8_t kDeletedMark = 0xe5;
constexpr std::uint8_t kDeletedMarkAlias = 0x05;

// Code page 850, the upper half (the Unicode consortium's CP850.TXT).
constexpr std::array<char16_t, 128> kCodePage850 = {
    0x00c7, 0x00fc, 0x00e9, 0x00e2, 0x00e4, 0x00e0, 0x00e5, 0x00e7, 0x00ea, 0x00eb, 0x00e8, 0x00ef, 0x00ee,
    0x00ec, 0x00c4, 0x00c5, 0x00c9, 0x00e6, 0x00c6, 0x00f4, 0x00f6, 0x00f2, 0x00fb, 0x00f9, 0x00ff, 0x00d6,
    0x00dc, 0x00f8, 0x00a3, 0x00d8, 0x00d7, 0x0192, 0x00e1, 0x00ed, 0x00f3, 0x00fa, 0x00f1, 0x00d1, 0x00aa,
    0x00ba, 0x00bf, 0x00ae, 0x00ac, 0x00bd, 0x00bc, 0x00a1, 0x00ab, 0x00bb, 0x2591, 0x2592, 0x2593, 0x2502,
    0x2524, 0x00c1, 0x00c2, 0x00c0, 0x00a9, 0x2563, 0x2551, 0x2557, 0x255d, 0x00a2, 0x00a5, 0x2510, 0x2514,
    0x2534, 0x252c, 0x251c, 0x2500, 0x253c, 0x00e3, 0x00c3, 0x255a, 0x2554, 0x2569, 0x2566, 0x2560, 0x2550,
    0x256c, 0x00a4, 0x00f0, 0x00d0, 0x00ca, 0x00cb, 0x00c8, 0x0131, 0x00cd, 0x00ce, 0x00cf, 0x2518, 0x250c,
    0x2588, 0x2584, 0x00a6, 0x00cc, 0x2580, 0x00d3, 0x00df, 0x00d4, 0x00d2, 0x00f5, 0x00d5, 0x00b5, 0x00fe,
    0x00de, 0x00da, 0x00db, 0x00d9, 0x00fd, 0x00dd, 0x00af, 0x00b4, 0x00ad, 0x00b1, 0x2017, 0x00be, 0x00b6,
    0x00a7, 0x00f7, 0x00b8, 0x00b0, 0x00a8, 0x00b7, 0x00b9, 0x00b3, 0x00b2, 0x25a0, 0x00a0};

bool is_lower(char16_t c) {
  return c >= u'a' && c <= u'z';
}
bool is_upper(char16_t c) {
  return c >= u'A' && c <= u'Z';
}

// Of the letters, only ASCII ones: what others become depends on the reader's code page.
bool is_short_name_char(char16_t c) {
  static constexpr std::u16string_view kSigns = u"$%'-_@~`!(){}^#&";
  const bool is_digit = c >= u'0' && c <= u'9';
  return is_digit || is_upper(c) || is_lower(c) || kSigns.find(c) != std::u16string_view::npos;
}

std::uint8_t upper_byte(char16_t c) {
  return static_cast<std::uint8_t>(is_lower(c) ? c - 0x20 : c);
}

struct Halves {
  std::u16string_view base;
  std::u16string_view extension;
};

// At the last dot; a dot in front starts no extension.
Halves split_name(std::u16string_view name) {
  const std::size_t dot = name.rfind(u'.');
  if (dot == std::u16string_view::npos || dot == 0) return {name, {}};
  return {name.substr(0, dot), name.substr(dot + 1)};
}

enum class LetterCase { kNone, kUpper, kLower, kMixed };

LetterCase letter_case(std::u16string_view text) {
  const bool lower = std::ranges::any_of(text, is_lower);
  const bool upper = std::ranges::any_of(text, is_upper);
  if (lower && upper) return LetterCase::kMixed;
  if (lower) return LetterCase::kLower;
  return upper ? LetterCase::kUpper : LetterCase::kNone;
}

ShortName blank_name() {
  ShortName name{};
  name.fill(' ');
  return name;
}

void put(ShortName& name, std::size_t at, std::u16string_view text) {
  for (const char16_t c : text) name.at(at++) = upper_byte(c);
}

// fatgen103, "The Basis-Name Generation Algorithm": blanks and dots go, what 8.3 cannot hold becomes '_'.
std::u16string basis_of(std::u16string_view text, std::size_t size) {
  std::u16string basis;
  for (const char16_t c : text) {
    if (basis.size() == size) break;
    if (c == u' ' || c == u'.') continue;
    basis += is_short_name_char(c) ? c : u'_';
  }
  return basis;
}

std::u16string decode(std::span<const std::uint8_t> bytes, std::uint8_t lower) {
  std::size_t size = bytes.size();
  while (size > 0 && bytes[size - 1] == ' ') --size;
  std::u16string text;
  for (const std::uint8_t byte : bytes.first(size)) {
    char16_t c = byte < 0x80 ? char16_t{byte} : kCodePage850.at(byte - 0x80U);
    if (lower != 0 && is_upper(c)) c = static_cast<char16_t>(c + 0x20);
    text += c;
  }
  return text;
}

}  // namespace

std::uint8_t short_name_checksum(const ShortName& name) {
  std::uint8_t sum = 0;
  for (const std::uint8_t c : name) sum = static_cast<std::uint8_t>(std::rotr(sum, 1) + c);
  return sum;
}

std::optional<ShortForm> short_form(std::u16string_view name) {
  const auto [base, extension] = split_name(name);
  if (base.empty() || base.size() > kBaseSize || extension.size() > kExtensionSize) return std::nullopt;
  if (!std::ranges::all_of(base, is_short_name_char)) return std::nullopt;
  if (!std::ranges::all_of(extension, is_short_name_char)) return std::nullopt;
  ShortForm form;
  form.name = blank_name();
  put(form.name, 0, base);
  put(form.name, kBaseSize, extension);
  const LetterCase base_case = letter_case(base);
  const LetterCase extension_case = letter_case(extension);
  form.is_exact = base_case != LetterCase::kMixed && extension_case != LetterCase::kMixed;
  if (form.is_exact && base_case == LetterCase::kLower) form.case_bits |= kLowerBase;
  if (form.is_exact && extension_case == LetterCase::kLower) form.case_bits |= kLowerExtension;
  return form;
}

Result<ShortName> make_alias(std::u16string_view name, const std::set<ShortName>& taken) {
  constexpr unsigned kMaxNumber = 999999;  // fatgen103, "The Numeric-Tail Generation Algorithm"
  const auto [base, extension] = split_name(name);
  std::u16string base_part = basis_of(base, kBaseSize);
  if (base_part.empty()) base_part = u"_";
  const std::u16string extension_part = basis_of(extension, kExtensionSize);
  for (unsigned number = 1; number <= kMaxNumber; ++number) {
    const std::string digits = std::to_string(number);
    const std::u16string tail = u"~" + std::u16string(digits.begin(), digits.end());
    ShortName alias = blank_name();
    put(alias, 0, base_part.substr(0, kBaseSize - tail.size()) + tail);
    put(alias, kBaseSize, extension_part);
    if (!taken.contains(alias)) return alias;
  }
  return Error(ErrorCode::kNoSpace, "no 8.3 alias is left in this folder; use a name of at most 8.3 characters");
}

std::optional<std::u16string> read_short_name(const ShortName& name, std::uint8_t case_bits) {
  ShortName bytes = name;
  if (bytes[0] == kDeletedMarkAlias) bytes[0] = kDeletedMark;
  const bool has_bad = std::ranges::any_of(bytes, [](std::uint8_t c) { return c < 0x20 || c == '/' || c == '\\'; });
  if (bytes[0] == ' ' || has_bad) return std::nullopt;
  const std::span<const std::uint8_t> all(bytes);
  std::u16string text = decode(all.first(kBaseSize), case_bits & kLowerBase);
  const std::u16string extension = decode(all.subspan(kBaseSize), case_bits & kLowerExtension);
  if (!extension.empty()) text += u"." + extension;
  return text;
}

std::string read_label(const ShortName& name) {
  ShortName bytes = name;
  if (bytes[0] == kDeletedMarkAlias) bytes[0] = kDeletedMark;
  return to_utf8(decode(bytes, 0)).value_or("");
}

}  // namespace kraken::fat
