// /etc/fstab (fstab(5)): what an image mounts where, and under which name. Pure functions over the text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "image/os_partuuid.h"

namespace kraken {

struct FstabEntry {
  std::size_t line = 0;     // from 1
  std::string device;       // "PARTUUID=0f1ee700-02", "/dev/mmcblk0p2", "LABEL=rootfs": quotes and \040 resolved
  std::string mount_point;  // without a slash at the end, "/" excepted
  std::string type;
  std::vector<std::string> options;

  bool is_fat() const { return type == "vfat" || type == "msdos"; }
};

// In the order of the file. Lines with fewer than three fields mean nothing to mount(8) either and are left out.
// kCorrupt when the text is too large or no text.
Result<std::vector<FstabEntry>> parse_fstab(std::string_view text);

// The entry that counts for a mount point: the last one, since it is mounted over the others. Null when there is none.
const FstabEntry* find_mount(const std::vector<FstabEntry>& entries, std::string_view mount_point);
// The entry of the FAT partition that the firmware boots from: at /boot/firmware or /boot, or else the only FAT below
// /boot. Null when there is none, or more than one could be meant.
const FstabEntry* find_boot_mount(const std::vector<FstabEntry>& entries);

// Every partition that is named by the old disk id (os_partuuid.h), among the options too; every other byte stays,
// except that a field with such a name loses escapes that it does not need.
Result<std::string> change_fstab_disk_id(std::string_view text, const DiskIdChange& change);

}  // namespace kraken
