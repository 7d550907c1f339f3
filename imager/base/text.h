// Small text operations that both programs need: joining, splitting, trimming, hex, and the nearest of some words.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kraken {

std::string join(std::span<const std::string> parts, std::string_view separator);
// "a//b" split at '/' gives "a", "", "b".
std::vector<std::string> split(std::string_view text, char separator);
// Words between runs of blanks (space, tab, CR, LF); never an empty one.
std::vector<std::string> split_words(std::string_view text);
std::string_view trim(std::string_view text);
bool contains_nul(std::string_view text);
// 1 to `longest` letters of ASCII, digits and the given marks: what may stand in files and messages as it is.
bool is_plain_word(std::string_view text, std::string_view marks, std::size_t longest);

// Lower-case hexadecimal.
std::string to_hex(std::span<const std::byte> bytes);
// Nothing when the text has an odd length or another character than 0-9 a-f A-F.
std::optional<std::vector<std::byte>> from_hex(std::string_view text);

// Decimal digits alone; nothing for an empty text, another character, or a value over 64 bits.
std::optional<std::uint64_t> parse_u64(std::string_view text);

// The candidate that a typing error most likely meant: edit distance (insert, delete, change, swap of neighbours) of at
// most a third of the word, never more than 3; nothing when none is that near.
std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates);

// The bytes of a text, and back; both views do not own.
std::span<const std::byte> as_bytes(std::string_view text);
std::string_view as_text(std::span<const std::byte> bytes);

}  // namespace kraken
