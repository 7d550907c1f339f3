#include "fs/fat/fat_editor.h"

#include <algorithm>

#include "fs/fat/marks.h"
#include "fs/fat/name_text.h"
#include "fs/fat/path_walk.h"
#include "fs/fat/tree_check.h"
#include "fs/fat/tree_edit.h"

namespace kraken {

namespace {

using fat::Chain;
using fat::Entry;
using fat::Folder;
using fat::Located;
using fat::Record;
using fat::Volume;

constexpr std::uint32_t kFolderMode = 0755;
constexpr std::uint32_t kFileMode = 0644;

NodeType type_of(const Record& record) {
  return record.is_folder() ? NodeType::kFolder : NodeType::kFile;
}

NodeInfo folder_info() {
  NodeInfo info;
  info.type = NodeType::kFolder;
  info.attributes.mode = kFolderMode;
  return info;
}

NodeInfo info_of(const Record& record) {
  NodeInfo info = folder_info();
  if (!record.is_folder()) {
    info.type = NodeType::kFile;
    info.attributes.mode = kFileMode;
    info.size = record.size;
  }
  info.mtime = fat::from_dos_time(record.written_date, record.written_time);
  return info;
}

std::string in_volume(std::string_view doing, std::string_view path) {
  return std::string(doing) + " " + std::string(path) + " on the FAT volume";
}

Error no_links() {
  return Error(ErrorCode::kUnsupported, "FAT has no symbolic links; put a copy of the file there instead");
}

class FatEditor : public FsEditor {
 public:
  FatEditor(std::unique_ptr<Volume> volume, std::string label, std::int64_t clock)
      : volume_(std::move(volume)), label_(std::move(label)), now_(fat::to_dos_time(clock)) {}

  std::string type_name() const override {
    return volume_->geometry().type == fat::FatType::kFat16 ? "fat16" : "fat32";
  }
  std::string label() const override { return label_; }

  SpaceInfo space() const override {
    const auto free = volume_->clusters().free_clusters();
    const fat::Geometry& geometry = volume_->geometry();
    return {geometry.cluster_count * geometry.cluster_size, free ? *free * geometry.cluster_size : 0};
  }

  // '/' is the same in UTF-16, so a path is folded as its names are.
  std::string path_key(std::string_view path) const override {
    const auto units = fat::to_utf16(path);
    return units ? fat::to_utf8(fat::fold_case(*units)).value_or(std::string(path)) : std::string(path);
  }

  Result<NodeInfo> stat(std::string_view path) override {
    return do_stat(path).with_context(in_volume("looking up", path));
  }
  Result<std::vector<DirEntry>> list(std::string_view path) override {
    return do_list(path).with_context(in_volume("listing", path));
  }
  Result<std::string> read_file(std::string_view path, Bytes limit) override {
    return do_read(path, limit).with_context(in_volume("reading", path));
  }
  Result<std::string> read_link(std::string_view path) override {
    return no_links().with_context(in_volume("reading the link", path));
  }
  Status make_folder(std::string_view path, const NodeAttributes& /*attributes*/) override {
    KRAKEN_TRY(check_once());
    return fat::make_folder(*volume_, path, now_).with_context(in_volume("making the folder", path));
  }
  Status write_file(std::string_view path, const BlockSource& content, const NodeAttributes& /*attributes*/) override {
    KRAKEN_TRY(check_once());
    return fat::write_file(*volume_, path, content, now_).with_context(in_volume("writing", path));
  }
  Status make_symlink(std::string_view path, std::string_view /*target*/,
                      const NodeAttributes& /*attributes*/) override {
    return Status(no_links().with_context(in_volume("making the link", path)));
  }
  Status set_attributes(std::string_view path, const NodeAttributes& /*attributes*/) override {
    KRAKEN_TRY(stat(path));
    return ok_status();
  }
  Status remove(std::string_view path) override {
    KRAKEN_TRY(check_once());
    return fat::remove_node(*volume_, path).with_context(in_volume("removing", path));
  }
  Status close() override { return volume_->flush().with_context("closing the FAT volume"); }

 private:
  Result<NodeInfo> do_stat(std::string_view path);
  Result<std::vector<DirEntry>> do_list(std::string_view path);
  Result<std::string> do_read(std::string_view path, Bytes limit);
  Status check_once();

  std::unique_ptr<Volume> volume_;
  std::string label_;
  fat::DosTime now_;
  bool checked_ = false;
};

Result<NodeInfo> FatEditor::do_stat(std::string_view path) {
  KRAKEN_ASSIGN(const std::vector<std::string> parts, fat::split_path(path));
  if (parts.empty()) return folder_info();
  KRAKEN_ASSIGN(const Located at, fat::locate_existing(*volume_, path));
  return info_of(at.entry->record);
}

Result<std::vector<DirEntry>> FatEditor::do_list(std::string_view path) {
  KRAKEN_ASSIGN(const NodeInfo info, do_stat(path));
  if (info.type != NodeType::kFolder) return Error(ErrorCode::kInvalidArgument, "it is a file, not a folder");
  KRAKEN_ASSIGN(const std::vector<std::string> parts, fat::split_path(path));
  KRAKEN_ASSIGN(const Folder folder, fat::open_folder(*volume_, parts));
  std::vector<DirEntry> listed;
  for (const Entry& entry : folder.entries()) listed.push_back({entry.name, type_of(entry.record)});
  std::ranges::sort(listed, {}, &DirEntry::name);
  return listed;
}

Result<std::string> FatEditor::do_read(std::string_view path, Bytes limit) {
  KRAKEN_ASSIGN(const NodeInfo info, do_stat(path));
  if (info.type != NodeType::kFile) return Error(ErrorCode::kInvalidArgument, "it is a folder, not a file");
  if (info.size > limit) {
    return Error(ErrorCode::kCorrupt, "it has " + std::to_string(info.size) + " bytes, and at most " +
                                          std::to_string(limit) + " make sense");
  }
  KRAKEN_ASSIGN(const Located at, fat::locate_existing(*volume_, path));
  const Record& record = at.entry->record;
  // Before any memory is taken: a size alone may lie.
  KRAKEN_ASSIGN(const Chain chain, volume_->chain_of_file(record.first_cluster, record.size));
  std::string content(record.size, '\0');
  KRAKEN_TRY(fat::read_pieces(volume_->store(), volume_->pieces_of(chain), std::as_writable_bytes(std::span(content))));
  return content;
}

Status FatEditor::check_once() {
  if (checked_) return ok_status();
  constexpr std::string_view kChecking = "checking the FAT volume before it is changed";
  KRAKEN_TRY(fat::check_layout(volume_->geometry()).with_context(kChecking));
  KRAKEN_TRY(fat::check_tree(*volume_, fat::LostClusters::kRefused).with_context(kChecking));
  KRAKEN_TRY(fat::mark_unmounted(*volume_));
  checked_ = true;
  return ok_status();
}

}  // namespace

Result<std::unique_ptr<FsEditor>> open_fat(BlockStore& volume, std::int64_t clock) {
  constexpr std::string_view kOpening = "opening a FAT volume";
  auto opened = Volume::open(volume).with_context(kOpening);
  if (!opened.ok()) return opened.error();
  auto root = Folder::load(**opened, fat::kRootFolder).with_context(kOpening);
  if (!root.ok()) return root.error();
  return std::unique_ptr<FsEditor>(std::make_unique<FatEditor>(std::move(opened).value(), root->label(), clock));
}

}  // namespace kraken
