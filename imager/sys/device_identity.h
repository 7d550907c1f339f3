// How a whole block device hangs on the machine, and what it calls itself, from its folder in sysfs.
#pragma once

#include <filesystem>
#include <string>

namespace kraken {

// "usb", "mmc", "nvme", "ata", "virtio", "scsi"; "loop" and "nbd" for files shown as disks; "virtual" for what else the
// kernel makes up; empty when it is none of these. `device` is the folder itself, not a link to it.
std::string device_bus(const std::filesystem::path& device);

// A card's CID where the reader shows it, else the disk's serial number, which for a USB reader is the reader's; empty
// when there is none.
std::string device_serial(const std::filesystem::path& device);

// Whether it is a card's kind of disk, made to be taken out: a USB stick or a reader's slot, an SD card in a slot of
// the board (but not an eMMC, which is soldered on, nor a disk at a hot-plug port of SATA).
bool is_removable_device(const std::filesystem::path& device);

// The first line of a file in a folder of sysfs, trimmed; empty when there is none.
std::string sysfs_attribute(const std::filesystem::path& folder, const std::string& name);

}  // namespace kraken
