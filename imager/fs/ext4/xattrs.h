// Extended attributes of an inode, by their full names ("user.x", "security.capability"). Values are what getxattr(2)
// and setxattr(2) exchange: POSIX ACLs are converted from and to their form on disk.
#pragma once

#include <map>
#include <string>

#include "fs/ext4/inode.h"

namespace kraken::ext4 {

using Xattrs = std::map<std::string, std::string>;

// kInvalidArgument for names that ext4 has no place for, or an ACL that is none.
Status check_xattrs(const Xattrs& xattrs);

// kCorrupt when the lists in the inode or its attribute block are unsound: libext2fs reads past their end then.
Status check_inode_xattrs(Volume& volume, ext2_ino_t number, Inode& inode);

Result<Xattrs> read_xattrs(Volume& volume, ext2_ino_t number, Inode& inode);
// Afterwards the inode has these and no others. Writes the inode: what the caller holds of it is stale.
Status replace_xattrs(Volume& volume, ext2_ino_t number, const Xattrs& wanted);

}  // namespace kraken::ext4
