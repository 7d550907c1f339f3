// What is in a file or behind a link: reading it with a limit, and filling a new inode from a block source, whose holes
// stay holes.
#pragma once

#include <string>
#include <string_view>

#include "block/block_source.h"
#include "fs/ext4/inode.h"

namespace kraken::ext4 {

// kCorrupt when the file is larger than `limit`.
Result<std::string> read_content(Volume& volume, ext2_ino_t number, Bytes limit);
Result<std::string> read_target(Volume& volume, ext2_ino_t number);

// `number` is new: an empty file or link. kNoSpace may leave it half filled: call this inside Volume::transact().
Status write_content(Volume& volume, ext2_ino_t number, const BlockSource& content);
Status write_target(Volume& volume, ext2_ino_t number, std::string_view target);

// Gives a new folder its first block, with "." and "..".
Status write_first_block(Volume& volume, ext2_ino_t number, ext2_ino_t parent);

}  // namespace kraken::ext4
