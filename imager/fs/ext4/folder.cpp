#include "fs/ext4/folder.h"

#include <functional>
#include <utility>

#include "base/text.h"
#include "fs/ext4/inode.h"

namespace kraken::ext4 {

namespace {

enum class Next { kGoOn, kStop, kStopChanged };

struct Scan {
  std::function<Next(ext2_dir_entry&)> visit;
  std::uint64_t blocks_left = 0;
  bool too_long = false;
  bool failed = false;
};

int scan_entry(ext2_ino_t, int, ext2_dir_entry* entry, int offset, int, char*, void* data) {
  auto* scan = static_cast<Scan*>(data);
  if (offset == 0 && scan->blocks_left-- == 0) {
    scan->too_long = true;
    return DIRENT_ABORT;
  }
  if (entry->inode == 0) return 0;
  try {
    switch (scan->visit(*entry)) {
      case Next::kGoOn:
        return 0;
      case Next::kStop:
        return DIRENT_ABORT;
      case Next::kStopChanged:
        return DIRENT_ABORT | DIRENT_CHANGED;
    }
  } catch (...) {
    scan->failed = true;
  }
  return DIRENT_ABORT;
}

std::string_view name_in(const ext2_dir_entry& entry) {
  return {entry.name, static_cast<std::size_t>(ext2fs_dirent_name_len(&entry))};
}

Status scan(Volume& volume, ext2_ino_t folder, std::function<Next(ext2_dir_entry&)> visit) {
  KRAKEN_ASSIGN(Inode inode, read_inode(volume, folder));
  if (!inode.is_folder()) return Error(ErrorCode::kNotFound, "it is not a folder");
  if (inode.size() / volume.superblock().block_size > volume.superblock().blocks) {
    return Volume::damaged("a folder says it is larger than the file system");
  }
  // Every block begins with an entry, used or not; an inline folder has three such parts.
  Scan state{std::move(visit), inode.size() / volume.superblock().block_size + 4};
  KRAKEN_TRY(
      volume.check(ext2fs_dir_iterate2(volume.fs(), folder, DIRENT_FLAG_INCLUDE_EMPTY, nullptr, scan_entry, &state),
                   "reading a folder"));
  if (state.too_long) return Volume::damaged("a folder has more blocks than its size says");
  if (state.failed) return Error(ErrorCode::kIo, "reading a folder: out of memory");
  return ok_status();
}

bool is_dot(std::string_view name) {
  return name == "." || name == "..";
}

// What changes a folder's entries changes its times.
Status touch(Volume& volume, ext2_ino_t folder) {
  KRAKEN_ASSIGN(Inode inode, read_inode(volume, folder));
  inode.set_content_time(volume.clock());
  return write_inode(volume, folder, inode);
}

}  // namespace

int file_type_of(NodeType type) {
  switch (type) {
    case NodeType::kFile:
      return EXT2_FT_REG_FILE;
    case NodeType::kFolder:
      return EXT2_FT_DIR;
    case NodeType::kSymlink:
      return EXT2_FT_SYMLINK;
    case NodeType::kOther:
      break;
  }
  return EXT2_FT_UNKNOWN;
}

Result<std::vector<Entry>> read_folder(Volume& volume, ext2_ino_t folder) {
  std::vector<Entry> entries;
  bool bad_name = false;
  KRAKEN_TRY(scan(volume, folder, [&](ext2_dir_entry& entry) {
    const std::string_view name = name_in(entry);
    bad_name = name.empty() || contains_nul(name) || name.find('/') != std::string_view::npos;
    if (bad_name) return Next::kStop;
    if (!is_dot(name)) entries.push_back({std::string(name), entry.inode, ext2fs_dirent_file_type(&entry)});
    return Next::kGoOn;
  }));
  if (bad_name) return Volume::damaged("a folder holds a name that no file can have");
  return entries;
}

Result<std::optional<Entry>> find_entry(Volume& volume, ext2_ino_t folder, std::string_view name) {
  std::optional<Entry> found;
  KRAKEN_TRY(scan(volume, folder, [&](ext2_dir_entry& entry) {
    if (name_in(entry) != name) return Next::kGoOn;
    found = Entry{std::string(name), entry.inode, ext2fs_dirent_file_type(&entry)};
    return Next::kStop;
  }));
  return found;
}

// ext2fs_link() makes room in a hashed folder itself, but not in a linear or inline one.
Status add_entry(Volume& volume, ext2_ino_t folder, const Entry& entry) {
  ext2_filsys fs = volume.fs();
  const auto link = [&] { return ext2fs_link(fs, folder, entry.name.c_str(), entry.inode, entry.file_type); };
  errcode_t code = link();
  if (code == EXT2_ET_DIR_NO_SPACE) {
    KRAKEN_ASSIGN(const Inode inode, read_inode(volume, folder));
    if (!inode.has_flag(EXT2_INDEX_FL)) {
      KRAKEN_TRY(volume.check(ext2fs_expand_dir(fs, folder), "growing the folder"));
      code = link();
    }
  }
  KRAKEN_TRY(volume.check(code, "adding a name to the folder"));
  return touch(volume, folder);
}

Status retarget_entry(Volume& volume, ext2_ino_t folder, const Entry& entry) {
  const bool has_types = ext2fs_has_feature_filetype(volume.fs()->super) != 0;
  bool done = false;
  KRAKEN_TRY(scan(volume, folder, [&](ext2_dir_entry& there) {
    if (name_in(there) != entry.name) return Next::kGoOn;
    there.inode = entry.inode;
    if (has_types) ext2fs_dirent_set_file_type(&there, entry.file_type);
    done = true;
    return Next::kStopChanged;
  }));
  if (!done) return Error(ErrorCode::kNotFound, "the name is not in the folder");
  return touch(volume, folder);
}

Status remove_entry(Volume& volume, ext2_ino_t folder, const Entry& entry) {
  KRAKEN_TRY(volume.check(ext2fs_unlink(volume.fs(), folder, entry.name.c_str(), entry.inode, 0),
                          "removing a name from the folder"));
  return touch(volume, folder);
}

}  // namespace kraken::ext4
