// From a path to the folder and the entry that it names. A folder that is its own ancestor, which only a broken volume
// has, ends the walk with kCorrupt, so that a caller who lists every folder comes to an end.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fs/fat/folder.h"

namespace kraken::fat {

// "/overlays/x.dtbo" gives "overlays", "x.dtbo"; "/" gives nothing. Repeated slashes count as one. kInvalidArgument
// when the path is not absolute or has a part "." or "..".
Result<std::vector<std::string>> split_path(std::string_view path);

// kNotFound when a part is missing or is a file.
Result<Folder> open_folder(Volume& volume, const std::vector<std::string>& parts);

struct Located {
  Folder parent;
  std::string name;            // as asked for
  std::optional<Entry> entry;  // nothing when the parent has no such name
};

// Everything but the root folder, which has no entry: kInvalidArgument. kNotFound when the parent does not exist.
Result<Located> locate(Volume& volume, std::string_view path);
// As locate(), and kNotFound when there is no entry.
Result<Located> locate_existing(Volume& volume, std::string_view path);

}  // namespace kraken::fat
