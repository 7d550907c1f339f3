// The changes to the tree: write a file, make a folder, remove one. New content and folders are whole on the volume
// before an entry points to them; old clusters are given back after. The volume must have passed check_tree().
#pragma once

#include <string_view>

#include "fs/fat/dos_time.h"
#include "fs/fat/volume.h"

namespace kraken::fat {

// As FsEditor's calls of these names; see fat_editor.h for what FAT adds.
Status write_file(Volume& volume, std::string_view path, const BlockSource& content, const DosTime& now);
Status make_folder(Volume& volume, std::string_view path, const DosTime& now);
Status remove_node(Volume& volume, std::string_view path);

}  // namespace kraken::fat
