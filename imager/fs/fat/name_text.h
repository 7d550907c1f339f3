// Names as text: UTF-8 outside, UTF-16 on the disk, compared without regard to case. No locale is asked.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace kraken::fat {

// Nothing when the text is not strictly valid UTF-8 (overlong, surrogates, past U+10FFFF).
std::optional<std::u16string> to_utf16(std::string_view text);
// Nothing when a surrogate stands alone.
std::optional<std::string> to_utf8(std::u16string_view text);

// For comparing only. ASCII, Latin-1, Latin Extended-A, basic Greek and Cyrillic: what the 8.3 names' code pages and
// Windows agree on; anything else stands for itself.
std::u16string fold_case(std::u16string_view text);

// Whether `c` may stand in a long name (fatgen103, "FAT Long Directory Entries").
bool is_long_name_char(char16_t c);

// The name as it will be stored. kInvalidArgument, with the reason, for what a FAT cannot hold or would read back
// changed: empty, over 255 UTF-16 units, not UTF-8, a forbidden character, a blank or dot at the end (so "." and "..").
Result<std::u16string> checked_name(std::string_view name);

}  // namespace kraken::fat
