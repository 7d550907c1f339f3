// The name of a partition in an MBR, as fstab, cmdline.txt and the kernel spell it: the disk id as eight hexadecimal
// digits, '-', the partition's number as two (block/partitions/msdos.c, set_info()), after "PARTUUID=" or, as udev's
// link, "/dev/disk/by-partuuid/". Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kraken {

struct MbrPartuuid {
  std::uint32_t disk_id = 0;
  int number = 0;
};

// Whether a device is named by its partition's id, of an MBR or of a GPT.
bool is_partuuid(std::string_view device);
// "PARTUUID=0f1ee700-02" or "/dev/disk/by-partuuid/0f1ee700-02", in either case; nothing for any other text, a GPT's
// among them.
std::optional<MbrPartuuid> parse_mbr_partuuid(std::string_view device);

struct DiskIdChange {
  std::uint32_t from = 0;
  std::uint32_t to = 0;
};
// The text with every such name of the disk `from` changed, wherever it stands ("root=PARTUUID=...", quoted, among
// mount options); every other byte stays. A name keeps its length.
std::string change_partuuids(std::string_view text, const DiskIdChange& change);

}  // namespace kraken
