// What is mounted where, from /proc/self/mountinfo (proc(5)).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kraken {

struct Mount {
  std::string device;  // "179:2", the device's numbers; "0:23" when there is no device below it
  std::string folder;  // the mount point, unescaped
  std::string fs_type;
  bool read_only = false;  // this mount, or the file system under it
};

// Lines that are not understood are left out.
std::vector<Mount> parse_mountinfo(std::string_view text);

// What is seen at the folder: the last mount there hides the earlier ones.
const Mount* find_mount(const std::vector<Mount>& mounts, std::string_view folder);

}  // namespace kraken
