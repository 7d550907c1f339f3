// os-release(5): which operating system an image holds. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace kraken {

struct OsRelease {
  std::string pretty_name;       // "Debian GNU/Linux 12 (bookworm)"
  std::string id;                // "debian", "raspbian", "ubuntu"
  std::string id_like;           // words
  std::string version_codename;  // "bookworm"; empty when the file does not say

  // Debian or made from it: the same account files, unit names and host files.
  bool is_debian_like() const;
};

// Values may be quoted as a shell quotes them; what is malformed is left out. kCorrupt when the text is too large or no
// text.
Result<OsRelease> parse_os_release(std::string_view text);

}  // namespace kraken
