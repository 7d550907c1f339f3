// Entries of a folder's inode: listing, finding, adding, retargeting, removing, in linear, hashed (htree) and inline
// folders. Counts no links: its callers do.
#pragma once

#include <ext2fs/ext2fs.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fs/ext4/volume.h"
#include "fs/fs_editor.h"

namespace kraken::ext4 {

struct Entry {
  std::string name;
  ext2_ino_t inode = 0;
  int file_type = EXT2_FT_UNKNOWN;  // EXT2_FT_*; unknown on old file systems without the filetype feature
};

int file_type_of(NodeType type);

// Without "." and "..", in the order on disk. kCorrupt for a damaged folder, or a name that no file can have.
Result<std::vector<Entry>> read_folder(Volume& volume, ext2_ino_t folder);
Result<std::optional<Entry>> find_entry(Volume& volume, ext2_ino_t folder, std::string_view name);

// The name must not be there yet. Grows the folder where needed.
Status add_entry(Volume& volume, ext2_ino_t folder, const Entry& entry);
// The entry of that name leads to entry.inode from now on.
Status retarget_entry(Volume& volume, ext2_ino_t folder, const Entry& entry);
Status remove_entry(Volume& volume, ext2_ino_t folder, const Entry& entry);

}  // namespace kraken::ext4
