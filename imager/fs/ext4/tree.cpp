#include "fs/ext4/tree.h"

#include <algorithm>

#include "base/text.h"
#include "fs/ext4/inode.h"

namespace kraken::ext4 {

namespace {

constexpr std::uint16_t kMaxLinks = 65000;  // EXT4_LINK_MAX, fs/ext4/ext4.h
constexpr std::size_t kMaxName = 255;       // EXT2_NAME_LEN

Result<std::vector<std::string>> parts_of(std::string_view path) {
  if (path.empty() || path.front() != '/' || contains_nul(path)) {
    return Error(ErrorCode::kInvalidArgument, "a path inside a file system begins with \"/\" and holds no zero byte");
  }
  if (path == "/") return std::vector<std::string>();
  std::vector<std::string> parts = split(path.substr(1), '/');
  const bool sound = std::ranges::all_of(parts, [](const std::string& part) {
    return !part.empty() && part != "." && part != ".." && part.size() <= kMaxName;
  });
  if (!sound) {
    return Error(ErrorCode::kInvalidArgument,
                 "a name in a path is empty, \".\", \"..\" or longer than " + std::to_string(kMaxName) + " bytes");
  }
  return parts;
}

Error not_found(const std::string& what) {
  return {ErrorCode::kNotFound, what + " does not exist"};
}

Status uncount_subfolder(Volume& volume, ext2_ino_t folder) {
  KRAKEN_ASSIGN(Inode inode, read_inode(volume, folder));
  // 1 stands for "more than can be counted" (dir_nlink), and 2 is a folder without sub-folders.
  if (inode.fields().i_links_count > 2) --inode.fields().i_links_count;
  return write_inode(volume, folder, inode);
}

}  // namespace

Result<Located> locate(Volume& volume, std::string_view path) {
  KRAKEN_ASSIGN(const std::vector<std::string> parts, parts_of(path));
  Located at;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) {
      if (!at.there) return not_found("the folder \"" + at.name + "\" on the way");
      at.folder = at.there->inode;
    }
    at.name = parts[i];
    KRAKEN_ASSIGN(at.there, find_entry(volume, at.folder, at.name));
  }
  return at;
}

Result<ext2_ino_t> find(Volume& volume, std::string_view path) {
  KRAKEN_ASSIGN(const Located at, locate(volume, path));
  if (at.is_root()) return ext2_ino_t{EXT2_ROOT_INO};
  if (!at.there) return not_found("it");
  return at.there->inode;
}

Status drop_link(Volume& volume, ext2_ino_t number) {
  KRAKEN_ASSIGN(Inode inode, read_inode(volume, number));
  if (inode.fields().i_links_count == 1) return free_inode(volume, number);
  --inode.fields().i_links_count;
  inode.set_change_time(volume.clock());
  return write_inode(volume, number, inode);
}

Status count_new_subfolder(Volume& volume, ext2_ino_t folder) {
  KRAKEN_ASSIGN(Inode inode, read_inode(volume, folder));
  __u16& links = inode.fields().i_links_count;
  const bool may_stop_counting = ext2fs_has_feature_dir_nlink(volume.fs()->super) != 0;
  if (links == 1 && may_stop_counting) return ok_status();
  if (links >= kMaxLinks && !may_stop_counting) {
    return Error(ErrorCode::kNoSpace, "the folder above has as many sub-folders as ext can count");
  }
  links = links >= kMaxLinks ? __u16{1} : static_cast<__u16>(links + 1);
  return write_inode(volume, folder, inode);
}

Status remove_entry_and_links(Volume& volume, const Located& at) {
  if (at.is_root()) return Error(ErrorCode::kInvalidArgument, "the root of a file system cannot be removed");
  if (!at.there) return not_found("it");
  const ext2_ino_t number = at.there->inode;
  KRAKEN_ASSIGN(const Inode inode, read_inode(volume, number));
  if (!inode.is_folder()) {
    KRAKEN_TRY(remove_entry(volume, at.folder, *at.there));
    return drop_link(volume, number);
  }
  if (number == EXT2_ROOT_INO || number == at.folder) return Volume::damaged("a folder lies in itself");
  KRAKEN_ASSIGN(const std::vector<Entry> held, read_folder(volume, number));
  if (!held.empty()) return Error(ErrorCode::kInvalidArgument, "the folder is not empty: remove what it holds first");
  KRAKEN_TRY(remove_entry(volume, at.folder, *at.there));
  KRAKEN_TRY(free_inode(volume, number));
  return uncount_subfolder(volume, at.folder);
}

}  // namespace kraken::ext4
