// PARTUUID= of a partition in an MBR, as fstab, cmdline.txt and the kernel spell it: the disk id as eight hexadecimal
// digits, '-', the partition's number as two (block/partitions/msdos.c, set_info()). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kraken {

inline constexpr std::string_view kPartuuidPrefix = "PARTUUID=";

struct MbrPartuuid {
  std::uint32_t disk_id = 0;
  int number = 0;
};

// "PARTUUID=0f1ee700-02", in either case; nothing for any other text, a GPT's among them.
std::optional<MbrPartuuid> parse_mbr_partuuid(std::string_view text);

struct DiskIdChange {
  std::uint32_t from = 0;
  std::uint32_t to = 0;
};
// The same text with the new disk id; nothing when it is not a PARTUUID= of the disk `from`.
std::optional<std::string> changed_partuuid(std::string_view text, const DiskIdChange& change);

}  // namespace kraken
