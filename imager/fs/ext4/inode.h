// Inodes of an ext volume: reading one with checks that libext2fs leaves to its callers, making one, dating it, filling
// and freeing it. Knows nothing of names.
#pragma once

#include <ext2fs/ext2fs.h>

#include <string>
#include <vector>

#include "fs/ext4/volume.h"
#include "fs/fs_editor.h"

namespace kraken::ext4 {

// An inode as libext2fs hands it out: the fields of ext2_inode_large, then what is left of the inode on the disk. An
// inode of 128 bytes leaves the fields from i_extra_isize on zero.
class Inode {
 public:
  explicit Inode(std::size_t disk_size)
      : disk_size_(disk_size), parts_((disk_size + sizeof(ext2_inode_large) - 1) / sizeof(ext2_inode_large)) {}

  ext2_inode_large& fields() { return parts_.front(); }
  const ext2_inode_large& fields() const { return parts_.front(); }
  ext2_inode* basic() { return reinterpret_cast<ext2_inode*>(parts_.data()); }
  int disk_size() const { return static_cast<int>(disk_size_); }
  std::span<const std::byte> bytes() const { return std::as_bytes(std::span(parts_)).first(disk_size_); }

  std::uint64_t size() const { return fields().i_size | (std::uint64_t{fields().i_size_high} << 32); }
  NodeType type() const;
  bool is_folder() const { return type() == NodeType::kFolder; }
  bool has_flag(std::uint32_t flag) const { return (fields().i_flags & flag) != 0; }

  std::int64_t mtime() const;
  void set_all_times(std::int64_t time);
  void set_change_time(std::int64_t time);   // ctime
  void set_content_time(std::int64_t time);  // mtime and ctime

  void set_owner_and_mode(const NodeAttributes& attributes);
  // Mode, uid and gid; no xattrs.
  NodeAttributes attributes() const;

 private:
  std::size_t disk_size_;
  std::vector<ext2_inode_large> parts_;
};

// kCorrupt for a number that no name may lead to (reserved, the journal, unused) or an inode whose parts contradict
// each other; kUnsupported for an encrypted or case-folded one.
Result<Inode> read_inode(Volume& volume, ext2_ino_t number);
Status write_inode(Volume& volume, ext2_ino_t number, Inode& inode);

// A new inode near `folder`, with all times set, no content, one link (a folder: two) and the attributes but for
// xattrs. `type_bits` is S_IFREG, S_IFDIR or S_IFLNK.
Result<ext2_ino_t> make_inode(Volume& volume, ext2_ino_t folder, std::uint32_t type_bits,
                              const NodeAttributes& attributes);
// Frees blocks, attributes and the inode itself. No name may lead to it any more.
Status free_inode(Volume& volume, ext2_ino_t number);

}  // namespace kraken::ext4
