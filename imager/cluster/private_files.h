// Files and folders that only their owner may read. The checks are made on the open descriptor, so that what was
// checked is what is read; a symbolic link in the last place is refused, since it may lead to a file of somebody
// else's.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "base/units.h"

namespace kraken {

// The user ids whose private files this process may take for its own: the effective one, and under sudo the one who
// called it (SUDO_UID counts only for root: anybody can set a variable).
std::vector<uid_t> trusted_owners();

// The folder, opened. kConfig when it is missing, no folder, a symbolic link, another user's or open to others.
Result<UniqueFd> open_private_folder(const std::filesystem::path& folder);

// Makes the folder with mode 0700, or accepts a private one that is there; under sudo it is given to the caller.
Status make_private_folder(const std::filesystem::path& folder);

// A file in the open folder, of which `path` has the name; with AT_FDCWD as the folder, the file at `path`. The texts
// are what messages advise.
struct PrivateFile {
  int folder_fd;
  std::filesystem::path path;
  std::string_view missing = {};
  std::string_view remedy = {};
};
// At most `limit` bytes; kConfig for more, and when it is not private.
Result<std::string> read_private_file(const PrivateFile& file, Bytes limit);

// Creates the file, 0600, with O_EXCL; it and its name are on the disk when this returns. kAlreadyExists when there is
// one; whatever else fails, the file is removed again.
Status create_private_file(const PrivateFile& file, std::string_view content);

}  // namespace kraken
