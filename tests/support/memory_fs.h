// A file system in memory behind the editors' interface, for tests of what stands on it: as strict about parents,
// folders and names as the real ones. It can be made to fail on a path, and to be full.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fs/fs_editor.h"

namespace kraken::test {

class MemoryFs : public FsEditor {
 public:
  // kFat folds the case of ASCII letters, drops attributes and has no links.
  enum class Kind { kExt4, kFat };

  struct Node {
    std::string name;  // the last part, in the case it was written in
    NodeType type = NodeType::kFile;
    std::string content;  // of a file; a link's target
    NodeAttributes attributes;
    std::int64_t mtime = 0;
  };

  explicit MemoryFs(Kind kind = Kind::kExt4, std::int64_t clock = 1);

  // Every later call that names `path` fails with `error`, until allow(path).
  void fail_on(std::string_view path, Error error);
  void allow(std::string_view path);
  // The sum of all content may not pass this; 1 GiB until it is set.
  void set_capacity(Bytes capacity) { capacity_ = capacity; }

  // For setting a test up in one line: makes parents, replaces what is there. The path must be well formed.
  void put_file(std::string_view path, std::string_view content, const NodeAttributes& attributes = {});
  void put_folder(std::string_view path);
  void put_symlink(std::string_view path, std::string_view target);

  // For looking at the outcome: null when nothing is there.
  const Node* find(std::string_view path) const;
  // By path (folded on FAT), the root as "/".
  const std::map<std::string, Node>& nodes() const { return nodes_; }
  bool closed() const { return closed_; }

  std::string type_name() const override { return kind_ == Kind::kFat ? "fat32" : "ext4"; }
  std::string label() const override { return kind_ == Kind::kFat ? "bootfs" : "rootfs"; }
  SpaceInfo space() const override { return {capacity_, capacity_ - used()}; }
  std::string path_key(std::string_view path) const override { return key(path); }
  Result<NodeInfo> stat(std::string_view path) override;
  Result<std::vector<DirEntry>> list(std::string_view path) override;
  Result<std::string> read_file(std::string_view path, Bytes limit) override;
  Result<std::string> read_link(std::string_view path) override;
  Status make_folder(std::string_view path, const NodeAttributes& attributes) override;
  Status write_file(std::string_view path, const BlockSource& content, const NodeAttributes& attributes) override;
  Status make_symlink(std::string_view path, std::string_view target, const NodeAttributes& attributes) override;
  Status set_attributes(std::string_view path, const NodeAttributes& attributes) override;
  Status remove(std::string_view path) override;
  Status close() override;

 private:
  std::string key(std::string_view path) const;
  Status check(std::string_view path) const;
  Result<Node*> existing(std::string_view path);
  // That `path` can be made: its parent is a folder and no folder is there.
  Status check_target(std::string_view path);
  void put(std::string_view path, Node node);
  bool has_children(const std::string& folder_key) const;
  Bytes used() const;

  Kind kind_;
  std::int64_t clock_;
  Bytes capacity_ = kGiB;
  bool closed_ = false;
  std::map<std::string, Node> nodes_;
  std::map<std::string, Error> failures_;
};

}  // namespace kraken::test
