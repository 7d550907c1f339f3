// Paths and links of an ext volume: from a path to an inode, and names and link counts kept in step. Follows no
// symbolic links.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "fs/ext4/folder.h"

namespace kraken::ext4 {

// A path, taken apart: the folder that holds it, its name, and what is there now. The root has no name.
struct Located {
  ext2_ino_t folder = EXT2_ROOT_INO;
  std::string name;
  std::optional<Entry> there;

  bool is_root() const { return name.empty(); }
};

// kNotFound when the folder to hold it is missing or is none; kInvalidArgument for a path with impossible names.
Result<Located> locate(Volume& volume, std::string_view path);
// kNotFound when nothing is there.
Result<ext2_ino_t> find(Volume& volume, std::string_view path);

// The changes below are parts of one: call them inside Volume::transact().

// One name less leads to the inode, which is no folder's; the last one frees it.
Status drop_link(Volume& volume, ext2_ino_t number);
// Changes a folder's link count for a sub-folder that came. kNoSpace when the file system can count no further.
Status count_new_subfolder(Volume& volume, ext2_ino_t folder);
// The name and, when it was the last one, what it leads to. kInvalidArgument for a folder that is not empty.
Status remove_entry_and_links(Volume& volume, const Located& at);

}  // namespace kraken::ext4
