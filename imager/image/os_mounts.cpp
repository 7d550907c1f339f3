#include "image/os_mounts.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"
#include "image/os_fstab.h"
#include "image/os_partuuid.h"
#include "image/os_read.h"

namespace kraken {

namespace {

constexpr std::string_view kAdvice = "use an image with the layout of Raspberry Pi OS, or correct its /etc/fstab";

// MBR types of FAT12, FAT16 and FAT32 partitions, and of an EFI system partition; the GPT types of the UEFI
// specification, table 5.7, and of Microsoft's basic data.
constexpr std::array<std::uint8_t, 7> kFatTypes = {0x01, 0x04, 0x06, 0x0b, 0x0c, 0x0e, 0xef};
constexpr std::array<std::string_view, 2> kFatGuids = {"C12A7328-F81F-11D2-BA4B-00A0C93EC93B",
                                                       "EBD0A0A2-B9E5-4433-87C0-68B6B72699C7"};
constexpr std::uint8_t kLinuxType = 0x83;
// Discoverable Partitions Specification: Linux generic data, root for arm, root for arm64.
constexpr std::array<std::string_view, 3> kLinuxGuids = {"0FC63DAF-8483-4772-8E79-3D69D8477DE4",
                                                         "69DAD710-2CE4-4E3C-B16C-21A1D49ABED3",
                                                         "B921B045-1DF0-41C3-AF44-4C6F280D3FAE"};

template <typename List, typename Value>
bool holds(const List& list, const Value& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

bool could_serve(const Partition& partition, PartitionUse use) {
  if (use == PartitionUse::kBoot) return holds(kFatTypes, partition.mbr_type) || holds(kFatGuids, partition.gpt_type);
  return partition.mbr_type == kLinuxType || holds(kLinuxGuids, partition.gpt_type);
}

// "/dev/mmcblk0p2", "/dev/nvme0n1p2", "/dev/sda2", "/dev/vda2".
std::optional<std::uint64_t> number_of_device(std::string_view device) {
  if (!device.starts_with("/dev/") || device.find('/', 5) != std::string_view::npos) return std::nullopt;
  const std::size_t last = device.find_last_not_of("0123456789");
  const std::string_view disk = device.substr(0, last + 1);
  const bool plain = disk.starts_with("/dev/sd") || disk.starts_with("/dev/vd") || disk.starts_with("/dev/hd");
  const bool with_p = disk.starts_with("/dev/mmcblk") || disk.starts_with("/dev/nvme") || disk.starts_with("/dev/loop");
  if (!plain && !(with_p && disk.back() == 'p')) return std::nullopt;
  return parse_u64(device.substr(last + 1));
}

Error unknown_partition(std::string_view device, std::string_view why) {
  return unusable_image("it is not known which partition " + std::string(device) + " is", why,
                        "use an image with the layout of Raspberry Pi OS, or correct that name in its /etc/fstab or "
                        "cmdline.txt");
}

Result<int> numbered(const PartitionTable& table, std::string_view device, std::uint64_t number) {
  for (const Partition& partition : table.partitions) {
    if (partition.number > 0 && static_cast<std::uint64_t>(partition.number) == number) return partition.number;
  }
  return unknown_partition(device, "the partition table has no partition " + std::to_string(number));
}

Result<int> partition_of_id(const PartitionTable& table, std::string_view device) {
  const auto id = parse_mbr_partuuid(device);
  if (!id) return unknown_partition(device, "it is not of the form PARTUUID=0123abcd-02");
  if (id->disk_id != table.disk_id) {
    return unusable_image("the image would not find " + std::string(device),
                          "its partition table has the disk id " + disk_id_text(table.disk_id),
                          "write the image anew from its source; its fstab or cmdline.txt belongs to another disk");
  }
  return numbered(table, device, static_cast<std::uint64_t>(id->number));
}

Result<int> only_candidate(const PartitionTable& table, std::string_view device, PartitionUse use) {
  int found = 0;
  for (const Partition& partition : table.partitions) {
    if (!could_serve(partition, use)) continue;
    if (found != 0) {
      return unknown_partition(device, "only the running system resolves such a name, and partitions " +
                                           std::to_string(found) + " and " + std::to_string(partition.number) +
                                           " could both be meant");
    }
    found = partition.number;
  }
  if (found == 0) return unknown_partition(device, "the partition table has none that could be meant");
  return found;
}

// Swap has no folder. What is not mounted by itself hides nothing (systemd.mount(5): noauto, x-systemd.automount).
bool hides_a_folder(const FstabEntry& entry) {
  const bool automount = holds(entry.options, "x-systemd.automount");
  return entry.mount_point.starts_with('/') && entry.type != "swap" && (automount || !holds(entry.options, "noauto"));
}

std::vector<OtherMount> other_mounts(ImageTree& root, const std::vector<FstabEntry>& entries,
                                     const std::string& boot_folder) {
  std::vector<OtherMount> others;
  for (const FstabEntry& entry : entries) {
    if (entry.mount_point == "/" || entry.mount_point == boot_folder || !hides_a_folder(entry)) continue;
    const auto place = root.resolve(entry.mount_point);
    others.push_back({place.ok() ? place->image_path : entry.mount_point, entry.device});
  }
  return others;
}

}  // namespace

Result<int> find_partition(const PartitionTable& table, std::string_view device, PartitionUse use) {
  if (table.kind == TableKind::kMbr && is_partuuid(device)) return partition_of_id(table, device);
  if (const auto number = number_of_device(device)) return numbered(table, device, *number);
  return only_candidate(table, device, use);
}

Result<MountFacts> inspect_mounts(ImageTree& root, const PartitionTable& table) {
  if (table.kind == TableKind::kNone) {
    return unusable_image("this is no image of a whole card", "it has no partition table",
                          "use an image with a boot and a root partition");
  }
  KRAKEN_ASSIGN(const auto text, read_os_text(root, "/etc/fstab"));
  if (!text) {
    return unusable_image("it is not known where the image mounts its boot partition", "it has no /etc/fstab", kAdvice);
  }
  KRAKEN_ASSIGN(const auto entries, parse_fstab(*text).recode(ErrorCode::kBaseImage));
  const FstabEntry* root_entry = find_mount(entries, "/");
  if (root_entry == nullptr) {
    return unusable_image("it is not known which partition is the root", "/etc/fstab has no line for /", kAdvice);
  }
  const FstabEntry* boot_entry = find_boot_mount(entries);
  if (boot_entry == nullptr) {
    return unusable_image("it is not known where the image mounts its boot partition",
                          "/etc/fstab has no FAT (vfat) at /boot/firmware or /boot", kAdvice);
  }
  MountFacts facts;
  facts.boot_folder = boot_entry->mount_point;
  facts.others = other_mounts(root, entries, facts.boot_folder);
  KRAKEN_ASSIGN(facts.boot_partition, find_partition(table, boot_entry->device, PartitionUse::kBoot));
  KRAKEN_ASSIGN(facts.root_partition, find_partition(table, root_entry->device, PartitionUse::kRoot));
  if (facts.boot_partition == facts.root_partition) {
    return unusable_image("the image's partitions are not known",
                          "/etc/fstab names partition " + std::to_string(facts.root_partition) +
                              " both for / and for " + facts.boot_folder,
                          kAdvice);
  }
  return facts;
}

}  // namespace kraken
