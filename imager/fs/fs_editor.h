// One file system inside an image, edited in place: nothing is mounted. FAT (fs/fat) and ext4 (fs/ext4) implement it.
//
// Paths are absolute within the file system ("/etc/hostname"), are taken literally (no symbolic link on the way is
// followed: ImageTree does that), and have no "." or ".." parts. Every operation is deterministic: times come from the
// clock given at open, allocation follows the order of the calls. Changes reach the store at close() at the latest; an
// editor that is destroyed without close() leaves the store in an undefined state, so drop the overlay with it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "block/block_source.h"

namespace kraken {

enum class NodeType { kFile, kFolder, kSymlink, kOther };

// What a file is given when it is made or replaced. FAT keeps none of it.
struct NodeAttributes {
  std::uint32_t mode = 0644;  // permission, set-id and sticky bits (07777)
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::map<std::string, std::string> xattrs;  // "user.x", "security.capability", ...: binary values

  friend bool operator==(const NodeAttributes&, const NodeAttributes&) = default;
};

struct NodeInfo {
  NodeType type = NodeType::kFile;
  Bytes size = 0;             // of a file's content; of a link's target
  NodeAttributes attributes;  // what the file system has; on FAT 0755 or 0644, root's
  std::int64_t mtime = 0;     // seconds since 1970, UTC
};

struct DirEntry {
  std::string name;
  NodeType type = NodeType::kFile;
};

struct SpaceInfo {
  Bytes total = 0;
  Bytes free = 0;  // free for the calls below; reserved blocks count as free, since root writes
};

class FsEditor {
 public:
  virtual ~FsEditor() = default;

  // "ext4", "fat32", "fat16": for messages and for base info.
  virtual std::string type_name() const = 0;
  virtual std::string label() const = 0;
  virtual SpaceInfo space() const = 0;
  // The same for two paths exactly when they name the same file: on FAT without regard to case, on ext4 byte by byte.
  // A path that the file system cannot hold stands for itself.
  virtual std::string path_key(std::string_view path) const { return std::string(path); }

  // kNotFound when the path does not exist.
  virtual Result<NodeInfo> stat(std::string_view path) = 0;
  // Sorted by name, without "." and "..".
  virtual Result<std::vector<DirEntry>> list(std::string_view path) = 0;
  // kCorrupt when the file is larger than `limit` (it is not what the caller takes it for) or cannot be read whole.
  virtual Result<std::string> read_file(std::string_view path, Bytes limit) = 0;
  // kUnsupported on FAT.
  virtual Result<std::string> read_link(std::string_view path) = 0;

  // The parent must exist. kAlreadyExists when the path exists.
  virtual Status make_folder(std::string_view path, const NodeAttributes& attributes) = 0;
  // Creates the file, or replaces content *and* attributes of the file or link that is there; a folder there is
  // kAlreadyExists. kNoSpace leaves the old content or no file.
  virtual Status write_file(std::string_view path, const BlockSource& content, const NodeAttributes& attributes) = 0;
  // Creates the link, or replaces the link or file that is there. kUnsupported on FAT.
  virtual Status make_symlink(std::string_view path, std::string_view target, const NodeAttributes& attributes) = 0;
  // Owner, mode and xattrs of what is there (xattrs not named are removed). No effect on FAT.
  virtual Status set_attributes(std::string_view path, const NodeAttributes& attributes) = 0;
  // A file, a link, or an empty folder. kNotFound when it is not there.
  virtual Status remove(std::string_view path) = 0;

  // Writes everything back and ends the editor: no other call may follow.
  virtual Status close() = 0;
};

}  // namespace kraken
