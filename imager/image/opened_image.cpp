#include "image/opened_image.h"

#include <algorithm>

#include "base/text.h"
#include "fs/ext4/ext4_editor.h"
#include "fs/fat/fat_editor.h"
#include "image/os_fstab.h"

namespace kraken {

namespace {

constexpr Bytes kMaxFstab = kMiB;

Error unusable(const std::string& why) { return Error(ErrorCode::kBaseImage, why); }

Error as_base_image(const Error& error) {
  return error.code() == ErrorCode::kInterrupted ? error : error.recode(ErrorCode::kBaseImage);
}

std::string partition_name(const Partition& partition) { return "partition " + std::to_string(partition.number); }

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return std::tolower(x) == std::tolower(y); });
}

// "/dev/mmcblk0p1", "/dev/sda1": the number at the end. Which disk it names does not matter on a card's own system.
std::optional<int> number_of_device(std::string_view device) {
  if (!device.starts_with("/dev/")) return std::nullopt;
  const std::size_t last = device.find_last_not_of("0123456789");
  const auto number = parse_u64(device.substr(last + 1));
  if (!number || *number > 128) return std::nullopt;
  return static_cast<int>(*number);
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
    return unusable("it has no partition table (none was found in its first sector): it must be a whole card's image, "
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
  for (const Partition& partition : table_.partitions) {
    auto volume = open_volume(partition, clock, "ext4");
    if (!volume.ok()) {
      if (volume.error().code() != ErrorCode::kUnsupported) damaged = damaged.value_or(volume.error());
      continue;
    }
    if (!volume->editor->stat("/etc").ok()) continue;
    root_ = std::move(*volume);
    return ok_status();
  }
  if (damaged) return as_base_image(*damaged);
  return unusable("none of its " + std::to_string(table_.partitions.size()) +
                  " partitions is an ext4 file system with a system in it");
}

Status OpenedImage::find_boot(std::int64_t clock, std::string& boot_folder) {
  ImageTree root_only(*root_.editor, nullptr, "");
  auto text = root_only.read_file("/etc/fstab", kMaxFstab);
  if (!text.ok()) {
    return as_base_image(text.error().with_context("its /etc/fstab, which tells where the boot partition belongs, cannot be read"));
  }
  KRAKEN_ASSIGN(const std::vector<FstabEntry> entries, parse_fstab(*text).recode(ErrorCode::kBaseImage));
  const FstabEntry* mount = find_boot_mount(entries);
  if (mount == nullptr) return unusable("its /etc/fstab mounts no FAT partition at /boot/firmware or /boot");
  boot_folder = mount->mount_point;
  std::vector<Volume> found;
  std::optional<Error> damaged;
  for (const Partition& partition : table_.partitions) {
    auto volume = open_volume(partition, clock, "fat");
    if (!volume.ok() && volume.error().code() != ErrorCode::kUnsupported) damaged = damaged.value_or(volume.error());
    if (!volume.ok()) continue;
    const bool named = equal_ignoring_case(mount->device, "PARTUUID=" + mbr_partuuid(table_.disk_id, partition.number)) ||
                       mount->device == "LABEL=" + volume->editor->label() ||
                       number_of_device(mount->device) == partition.number;
    if (named) {
      boot_ = std::move(*volume);
      return ok_status();
    }
    found.push_back(std::move(*volume));
  }
  // A name of another kind (UUID=) can only mean the one there is; a PARTUUID that fits none is a broken image.
  if (found.size() == 1 && mount->device.starts_with("UUID=")) {
    boot_ = std::move(found.front());
    return ok_status();
  }
  if (damaged) return as_base_image(*damaged);
  return unusable("its /etc/fstab mounts " + mount->device + " at " + boot_folder + ", and no FAT partition has that name");
}

Result<std::unique_ptr<OpenedImage>> OpenedImage::open(std::shared_ptr<const BlockSource> base, Bytes size,
                                                       std::int64_t clock) {
  std::unique_ptr<OpenedImage> image(new OpenedImage());
  KRAKEN_TRY(image->read_table(*base));
  KRAKEN_ASSIGN(image->overlay_, Overlay::open(std::move(base), size));
  KRAKEN_TRY(image->find_root(clock));
  std::string boot_folder;
  KRAKEN_TRY(image->find_boot(clock, boot_folder));
  image->tree_ = std::make_unique<ImageTree>(*image->root_.editor, image->boot_.editor.get(), boot_folder);
  auto os = inspect_os(*image->tree_, image->table_);
  if (!os.ok()) return as_base_image(os.error());
  image->os_ = std::move(*os);
  return image;
}

Status OpenedImage::close_file_systems() {
  tree_.reset();
  KRAKEN_TRY(root_.editor->close().with_context("the root file system"));
  return boot_.editor->close().with_context("the boot file system");
}

}  // namespace kraken
