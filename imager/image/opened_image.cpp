#include "image/opened_image.h"

#include "base/text.h"
#include "block/memory.h"
#include "fs/ext4/ext4_editor.h"
#include "fs/fat/fat_editor.h"
#include "image/os_mounts.h"
#include "image/os_text.h"

namespace kraken {

namespace {

Error unusable(const std::string& why) {
  return Error(ErrorCode::kBaseImage, why);
}

Error as_base_image(const Error& error) {
  return error.code() == ErrorCode::kInterrupted ? error : error.recode(ErrorCode::kBaseImage);
}

std::string partition_name(const Partition& partition) {
  return "partition " + std::to_string(partition.number);
}

}  // namespace

Status OpenedImage::read_table(const BlockSource& base) {
  auto table = read_partition_table(base);
  if (!table.ok()) return as_base_image(table.error());
  table_ = std::move(*table);
  if (table_.kind == TableKind::kGpt) {
    return unusable("its partition table is a GPT; a Raspberry Pi 3 boots from an MBR only: use an image for the Pi");
  }
  if (table_.kind == TableKind::kNone) {
    return unusable(
        "it has no partition table (none was found in its first sector): it must be a whole card's image, "
        "not that of a partition");
  }
  return ok_status();
}

Result<OpenedImage::Volume> OpenedImage::open_volume(const Partition& partition, std::int64_t clock,
                                                     const std::string& kind) {
  Volume volume;
  volume.partition = &partition;
  KRAKEN_ASSIGN(StoreWindow window, StoreWindow::open(*overlay_, partition.start, partition.size));
  volume.window = std::make_unique<StoreWindow>(window);
  auto editor = kind == "ext4" ? open_ext4(*volume.window, clock) : open_fat(*volume.window, clock);
  if (!editor.ok()) return editor.error().with_context(partition_name(partition));
  volume.editor = std::move(*editor);
  return volume;
}

// The first ext file system that has an /etc: other ones may hold data or a rescue system's files.
Status OpenedImage::find_root(std::int64_t clock) {
  std::optional<Error> damaged;
  std::vector<std::string> reasons;
  for (const Partition& partition : table_.partitions) {
    auto volume = open_volume(partition, clock, "ext4");
    if (volume.ok()) {
      const auto etc = volume->editor->stat("/etc");
      if (etc.ok()) {
        root_ = std::move(*volume);
        return ok_status();
      }
      reasons.push_back(etc.error().with_context(partition_name(partition)).what());
    } else {
      if (volume.error().code() != ErrorCode::kUnsupported) damaged = damaged.value_or(volume.error());
      reasons.push_back(volume.error().what());
    }
  }
  if (damaged) return as_base_image(*damaged);
  return unusable("none of its " + std::to_string(table_.partitions.size()) +
                  " partitions is an ext4 file system with a system in it (" + join(reasons, "; ") + ")");
}

Result<const Partition*> OpenedImage::partition(int number) const {
  for (const Partition& partition : table_.partitions) {
    if (partition.number == number) return &partition;
  }
  return unusable("its partition table has no partition " + std::to_string(number));
}

// fstab tells which partition is mounted where; the root that was found first may be another system's.
Status OpenedImage::open_mounts(std::int64_t clock, std::string& boot_folder) {
  ImageTree root_only(*root_.editor, nullptr, "");
  KRAKEN_ASSIGN(const MountFacts mounts, inspect_mounts(root_only, table_));
  boot_folder = mounts.boot_folder;
  if (root_.partition->number != mounts.root_partition) {
    return unusable("partition " + std::to_string(root_.partition->number) +
                    " holds a system whose /etc/fstab names "
                    "partition " +
                    std::to_string(mounts.root_partition) + " as its root: which one boots is not known");
  }
  KRAKEN_ASSIGN(const Partition* boot, partition(mounts.boot_partition));
  auto volume = open_volume(*boot, clock, "fat");
  if (!volume.ok()) return as_base_image(volume.error());
  boot_ = std::move(*volume);
  return ok_status();
}

Result<std::unique_ptr<OpenedImage>> OpenedImage::open(std::shared_ptr<const BlockSource> base, Bytes size,
                                                       std::int64_t clock) {
  std::unique_ptr<OpenedImage> image(new OpenedImage());
  KRAKEN_TRY(image->read_table(*base));
  KRAKEN_ASSIGN(image->overlay_, Overlay::open(std::move(base), size));
  KRAKEN_TRY(image->find_root(clock));
  std::string boot_folder;
  KRAKEN_TRY(image->open_mounts(clock, boot_folder));
  image->tree_ = std::make_unique<ImageTree>(*image->root_.editor, image->boot_.editor.get(), boot_folder);
  auto os = inspect_os(*image->tree_, image->table_);
  if (!os.ok()) return as_base_image(os.error());
  image->os_ = std::move(*os);
  return image;
}

Status OpenedImage::rewrite(const std::string& path) {
  KRAKEN_ASSIGN(const ImageTree::Place place, tree_->resolve(path));
  KRAKEN_ASSIGN(const NodeInfo info, tree_->stat(place.image_path));
  KRAKEN_ASSIGN(const std::string text, tree_->read_file(place.image_path, kMaxOsText));
  return tree_->write_file(place.image_path, MemoryStore(text), info.attributes);
}

Status OpenedImage::try_changes() {
  const auto change = [this]() -> Status {
    KRAKEN_TRY(rewrite("/etc/fstab"));
    KRAKEN_TRY(rewrite(os_.boot_folder + "/cmdline.txt"));
    KRAKEN_TRY(close_file_systems());
    return edit_table({table_.disk_id, TableEdit::Resize{root_partition().number, root_partition().size}});
  };
  const Status changed = change();
  return changed.ok() ? changed : Status(as_base_image(changed.error()));
}

Status OpenedImage::close_file_systems() {
  tree_.reset();
  KRAKEN_TRY(root_.editor->close().with_context("the root file system"));
  return boot_.editor->close().with_context("the boot file system");
}

}  // namespace kraken
