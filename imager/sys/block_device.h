// What the kernel knows of a block device, from sysfs and procfs: size, model, who uses it. Only queries; nothing is
// opened for writing. The two roots can be set to folders, so that a test can make up devices.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/units.h"

namespace kraken {

struct SystemRoots {
  std::filesystem::path sys = "/sys";
  std::filesystem::path proc = "/proc";
  std::filesystem::path dev = "/dev";
};

struct DeviceNumber {
  unsigned major = 0;
  unsigned minor = 0;
  friend bool operator==(DeviceNumber, DeviceNumber) = default;
};

// What a loop device shows. kDeleted is a name that is gone: nobody can tell what had it.
enum class BackingKind { kNone, kFile, kDevice, kDeleted };

struct BlockDevice {
  std::filesystem::path path;  // /dev/sdb
  std::string kernel_name;     // sdb
  DeviceNumber number;
  Bytes size = 0;
  Bytes logical_sector = kSectorSize;
  bool is_partition = false;
  std::string parent;  // of a partition, the whole device's kernel name; empty otherwise
  bool is_read_only = false;
  bool is_removable = false;  // and so are SD cards in the board's own slot
  std::string model;          // vendor and model as sysfs has them, trimmed; may be empty
  std::string bus;            // "usb", "mmc", ... as device_bus() names it; may be empty
  std::string serial;         // a card's CID or a disk's serial number; may be empty
  std::string backing;        // of a loop device: what it shows, as the kernel names it; empty otherwise
  BackingKind backing_kind = BackingKind::kNone;
  std::uint64_t sequence = 0;  // another number for each medium that was put in; 0 when the kernel does not count
  // Who uses the device or one of its partitions, or, for the first two, what is made of it (RAID, LVM, encryption), or
  // another loop device that shows the same file.
  std::vector<std::string> mount_points;
  std::vector<std::string> swap;        // kernel names in use as swap
  std::vector<std::string> holders;     // device mapper, md, loop devices and the like: kernel names
  std::vector<std::string> partitions;  // kernel names
};

// By device number, so that a link such as /dev/disk/by-id/... does. kInvalidArgument when `path` is no block device;
// kNotFound when there is none, or when sysfs does not know it.
Result<BlockDevice> query_block_device(const std::filesystem::path& path, const SystemRoots& roots = {});

// The same for a kernel name such as "sdb" or "mmcblk0p1".
Result<BlockDevice> query_block_device_by_name(const std::string& kernel_name, const SystemRoots& roots = {});

// Whole devices in the order of their names; of those of size 0 only readers, which may get a medium. Fails only when
// sysfs cannot be read.
Result<std::vector<BlockDevice>> list_block_devices(const SystemRoots& roots = {});

}  // namespace kraken
