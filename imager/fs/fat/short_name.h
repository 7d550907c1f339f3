// The 8.3 name that every entry has: how a name is put into it, how one is read back, and the alias ("CMDLIN~1.TXT")
// for a name that does not fit. fatgen103, "FAT Directory Structure" and "Name Limits and Character Sets".
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/result.h"

namespace kraken::fat {

// As on the disk: eight of the base and three of the extension, padded with blanks.
using ShortName = std::array<std::uint8_t, 11>;

// Windows NT's two bits in byte 12 of an entry: show the base, the extension, in lower case. Linux and mtools know
// them as well.
inline constexpr std::uint8_t kLowerBase = 0x08;
inline constexpr std::uint8_t kLowerExtension = 0x10;

// The sum that ties the parts of a long name to their entry (fatgen103, "FAT Long Directory Entries").
std::uint8_t short_name_checksum(const ShortName& name);

struct ShortForm {
  ShortName name{};
  std::uint8_t case_bits = 0;
  bool is_exact = false;  // name and case bits together read back as the name asked for: no long name is needed
};

// Nothing when the name does not fit into 8.3 whatever its case, and so needs an alias.
std::optional<ShortForm> short_form(std::u16string_view name);

// The alias with the lowest number that is not in `taken`: deterministic. kNoSpace when all are.
Result<ShortName> make_alias(std::u16string_view name, const std::set<ShortName>& taken);

// What a reader sees. Nothing when the bytes are no name: a blank in front, a control character, a slash. Bytes over
// 0x7f are of code page 850, as dosfstools and mtools have it.
std::optional<std::u16string> read_short_name(const ShortName& name, std::uint8_t case_bits);

// The text of a volume label entry, without the padding.
std::string read_label(const ShortName& name);

}  // namespace kraken::fat
