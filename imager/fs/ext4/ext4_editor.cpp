#include "fs/ext4/ext4_editor.h"

#include <sys/stat.h>

#include <algorithm>
#include <functional>

#include "base/text.h"
#include "fs/ext4/content.h"
#include "fs/ext4/tree.h"
#include "fs/ext4/xattrs.h"

namespace kraken {

namespace {

using ext4::Entry;
using ext4::Inode;
using ext4::Located;
using ext4::Volume;

class Ext4Editor : public FsEditor {
 public:
  explicit Ext4Editor(std::unique_ptr<Volume> volume)
      : facts_(volume->superblock()), space_(space_of(*volume)), volume_(std::move(volume)) {}

  std::string type_name() const override { return facts_.type_name; }
  std::string label() const override { return facts_.label; }
  SpaceInfo space() const override { return volume_ == nullptr ? space_ : space_of(*volume_); }

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
  // Makes and fills, near `folder`, the inode that a name is going to lead to.
  using Make = std::function<Result<ext2_ino_t>(ext2_ino_t folder)>;

  static SpaceInfo space_of(const Volume& volume);
  Status ready();
  Result<NodeType> type_of(const Entry& entry);
  // The inode at the path, which must be of the type.
  Result<ext2_ino_t> find_typed(std::string_view path, NodeType type);
  Result<NodeInfo> stat_now(std::string_view path);
  Result<std::vector<DirEntry>> list_now(std::string_view path);
  Status put_now(std::string_view path, NodeType type, const Make& make);
  Status make_folder_now(std::string_view path, const NodeAttributes& attributes);
  Status set_attributes_now(std::string_view path, const NodeAttributes& attributes);

  ext4::Superblock facts_;
  SpaceInfo space_;                 // as it was at close(), once closed
  std::unique_ptr<Volume> volume_;  // null once closed
};

template <typename Outcome>
Outcome on_path(std::string_view doing, std::string_view path, Outcome outcome) {
  return std::move(outcome).with_context(std::string(doing) + " " + std::string(path));
}

std::string_view noun(NodeType type) {
  switch (type) {
    case NodeType::kFile:
      return "a file";
    case NodeType::kFolder:
      return "a folder";
    case NodeType::kSymlink:
      return "a symbolic link";
    case NodeType::kOther:
      break;
  }
  return "a device, socket or pipe";
}

SpaceInfo Ext4Editor::space_of(const Volume& volume) {
  const Bytes block_size = volume.superblock().block_size;
  return {volume.superblock().blocks * block_size, volume.free_blocks() * block_size};
}

Status Ext4Editor::ready() {
  if (volume_ == nullptr) return Error(ErrorCode::kInternal, "the ext file system's editor is closed");
  return volume_->begin_operation();
}

// Old file systems keep no types in their folders.
Result<NodeType> Ext4Editor::type_of(const Entry& entry) {
  switch (entry.file_type) {
    case EXT2_FT_REG_FILE:
      return NodeType::kFile;
    case EXT2_FT_DIR:
      return NodeType::kFolder;
    case EXT2_FT_SYMLINK:
      return NodeType::kSymlink;
    case EXT2_FT_UNKNOWN: {
      KRAKEN_ASSIGN(const Inode inode, ext4::read_inode(*volume_, entry.inode));
      return inode.type();
    }
    default:
      return NodeType::kOther;
  }
}

Result<ext2_ino_t> Ext4Editor::find_typed(std::string_view path, NodeType type) {
  KRAKEN_ASSIGN(const ext2_ino_t number, ext4::find(*volume_, path));
  KRAKEN_ASSIGN(const Inode inode, ext4::read_inode(*volume_, number));
  if (inode.type() == type) return number;
  return Error(ErrorCode::kInvalidArgument,
               "it is " + std::string(noun(inode.type())) + ", not " + std::string(noun(type)));
}

Result<NodeInfo> Ext4Editor::stat(std::string_view path) {
  KRAKEN_TRY(ready());
  return on_path("looking at", path, stat_now(path));
}

Result<NodeInfo> Ext4Editor::stat_now(std::string_view path) {
  KRAKEN_ASSIGN(const ext2_ino_t number, ext4::find(*volume_, path));
  KRAKEN_ASSIGN(Inode inode, ext4::read_inode(*volume_, number));
  NodeInfo info;
  info.type = inode.type();
  info.size = info.type == NodeType::kFile || info.type == NodeType::kSymlink ? inode.size() : 0;
  info.attributes = inode.attributes();
  KRAKEN_ASSIGN(info.attributes.xattrs, ext4::read_xattrs(*volume_, number, inode));
  info.mtime = inode.mtime();
  return info;
}

Result<std::vector<DirEntry>> Ext4Editor::list(std::string_view path) {
  KRAKEN_TRY(ready());
  return on_path("listing", path, list_now(path));
}

Result<std::vector<DirEntry>> Ext4Editor::list_now(std::string_view path) {
  KRAKEN_ASSIGN(const ext2_ino_t number, find_typed(path, NodeType::kFolder));
  KRAKEN_ASSIGN(const std::vector<Entry> entries, ext4::read_folder(*volume_, number));
  std::vector<DirEntry> listed;
  listed.reserve(entries.size());
  for (const Entry& entry : entries) {
    KRAKEN_ASSIGN(const NodeType type, type_of(entry));
    listed.push_back({entry.name, type});
  }
  std::ranges::sort(listed, {}, &DirEntry::name);
  return listed;
}

Result<std::string> Ext4Editor::read_file(std::string_view path, Bytes limit) {
  KRAKEN_TRY(ready());
  auto number = find_typed(path, NodeType::kFile);
  if (!number.ok()) return on_path("reading", path, number.error());
  return on_path("reading", path, ext4::read_content(*volume_, *number, limit));
}

Result<std::string> Ext4Editor::read_link(std::string_view path) {
  KRAKEN_TRY(ready());
  auto number = find_typed(path, NodeType::kSymlink);
  if (!number.ok()) return on_path("reading the link", path, number.error());
  return on_path("reading the link", path, ext4::read_target(*volume_, *number));
}

// What is replaced is freed first, so that its blocks can be used again: transact() brings it back should the rest
// fail.
Status Ext4Editor::put_now(std::string_view path, NodeType type, const Make& make) {
  KRAKEN_ASSIGN(const Located at, ext4::locate(*volume_, path));
  bool is_folder = at.is_root();
  if (at.there) {
    KRAKEN_ASSIGN(const Inode inode, ext4::read_inode(*volume_, at.there->inode));
    is_folder = inode.is_folder();
  }
  if (is_folder) return Error(ErrorCode::kAlreadyExists, "there is a folder of that name");
  return volume_->transact([&]() -> Status {
    if (at.there) KRAKEN_TRY(ext4::drop_link(*volume_, at.there->inode));
    KRAKEN_ASSIGN(const ext2_ino_t made, make(at.folder));
    const Entry entry{at.name, made, ext4::file_type_of(type)};
    if (at.there) return ext4::retarget_entry(*volume_, at.folder, entry);
    return ext4::add_entry(*volume_, at.folder, entry);
  });
}

Status Ext4Editor::write_file(std::string_view path, const BlockSource& content, const NodeAttributes& attributes) {
  KRAKEN_TRY(ready());
  const Make make = [&](ext2_ino_t folder) -> Result<ext2_ino_t> {
    KRAKEN_ASSIGN(const ext2_ino_t number, ext4::make_inode(*volume_, folder, S_IFREG, attributes));
    KRAKEN_TRY(ext4::write_content(*volume_, number, content));
    KRAKEN_TRY(ext4::replace_xattrs(*volume_, number, attributes.xattrs));
    return number;
  };
  return on_path("writing", path, put_now(path, NodeType::kFile, make));
}

Status Ext4Editor::make_symlink(std::string_view path, std::string_view target, const NodeAttributes& attributes) {
  KRAKEN_TRY(ready());
  if (target.empty() || contains_nul(target) || target.size() >= facts_.block_size) {
    return on_path(
        "linking", path,
        Status(Error(ErrorCode::kInvalidArgument, "a link's target has 1 to " + std::to_string(facts_.block_size - 1) +
                                                      " bytes, none of them zero")));
  }
  const Make make = [&](ext2_ino_t folder) -> Result<ext2_ino_t> {
    KRAKEN_ASSIGN(const ext2_ino_t number, ext4::make_inode(*volume_, folder, S_IFLNK, attributes));
    KRAKEN_TRY(ext4::write_target(*volume_, number, target));
    KRAKEN_TRY(ext4::replace_xattrs(*volume_, number, attributes.xattrs));
    return number;
  };
  return on_path("linking", path, put_now(path, NodeType::kSymlink, make));
}

Status Ext4Editor::make_folder(std::string_view path, const NodeAttributes& attributes) {
  KRAKEN_TRY(ready());
  return on_path("making the folder", path, make_folder_now(path, attributes));
}

Status Ext4Editor::make_folder_now(std::string_view path, const NodeAttributes& attributes) {
  KRAKEN_ASSIGN(const Located at, ext4::locate(*volume_, path));
  if (at.is_root() || at.there) return Error(ErrorCode::kAlreadyExists, "it exists already");
  return volume_->transact([&]() -> Status {
    KRAKEN_ASSIGN(const ext2_ino_t made, ext4::make_inode(*volume_, at.folder, S_IFDIR, attributes));
    KRAKEN_TRY(ext4::write_first_block(*volume_, made, at.folder));
    KRAKEN_TRY(ext4::replace_xattrs(*volume_, made, attributes.xattrs));
    KRAKEN_TRY(ext4::add_entry(*volume_, at.folder, {at.name, made, EXT2_FT_DIR}));
    return ext4::count_new_subfolder(*volume_, at.folder);
  });
}

Status Ext4Editor::set_attributes(std::string_view path, const NodeAttributes& attributes) {
  KRAKEN_TRY(ready());
  return on_path("setting the attributes of", path, set_attributes_now(path, attributes));
}

Status Ext4Editor::set_attributes_now(std::string_view path, const NodeAttributes& attributes) {
  KRAKEN_ASSIGN(const ext2_ino_t number, ext4::find(*volume_, path));
  return volume_->transact([&]() -> Status {
    KRAKEN_TRY(ext4::replace_xattrs(*volume_, number, attributes.xattrs));
    KRAKEN_ASSIGN(Inode inode, ext4::read_inode(*volume_, number));
    inode.set_owner_and_mode(attributes);
    inode.set_change_time(volume_->clock());
    return ext4::write_inode(*volume_, number, inode);
  });
}

Status Ext4Editor::remove(std::string_view path) {
  KRAKEN_TRY(ready());
  auto at = ext4::locate(*volume_, path);
  if (!at.ok()) return on_path("removing", path, Status(at.error()));
  return on_path("removing", path, volume_->transact([&] { return ext4::remove_entry_and_links(*volume_, *at); }));
}

Status Ext4Editor::close() {
  KRAKEN_TRY(ready());
  space_ = space_of(*volume_);
  const std::unique_ptr<Volume> closing = std::move(volume_);
  return closing->close();
}

}  // namespace

Result<std::unique_ptr<FsEditor>> open_ext4(BlockStore& volume, std::int64_t clock) {
  KRAKEN_ASSIGN(std::unique_ptr<Volume> opened, Volume::open(volume, clock));
  return std::unique_ptr<FsEditor>(std::make_unique<Ext4Editor>(std::move(opened)));
}

Result<std::unique_ptr<FsEditor>> open_ext4_to_look(BlockStore& volume) {
  KRAKEN_ASSIGN(std::unique_ptr<Volume> opened, Volume::open(volume, 1, ext4::Uncleaned::kReadOnly));
  return std::unique_ptr<FsEditor>(std::make_unique<Ext4Editor>(std::move(opened)));
}

}  // namespace kraken
