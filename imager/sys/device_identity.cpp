#include "sys/device_identity.h"

#include "base/text.h"
#include "sys/files.h"

namespace kraken {

namespace {

namespace fs = std::filesystem;

constexpr Bytes kAttributeLimit = 64 * kKiB;

bool has_part(const fs::path& path, std::string_view prefix) {
  for (const fs::path& part : path) {
    const std::string name = part.string();
    const bool is_numbered = name.size() > prefix.size() && name[prefix.size()] >= '0' && name[prefix.size()] <= '9';
    if (name.starts_with(prefix) && is_numbered) return true;
  }
  return false;
}

std::string usb_serial(fs::path folder) {
  for (; folder.has_relative_path(); folder = folder.parent_path()) {
    if (!sysfs_attribute(folder, "idVendor").empty()) return sysfs_attribute(folder, "serial");
  }
  return "";
}

}  // namespace

std::string sysfs_attribute(const fs::path& folder, const std::string& name) {
  const auto content = read_whole_file(folder / name, kAttributeLimit);
  return content.ok() ? std::string(trim(*content)) : std::string();
}

std::string device_bus(const fs::path& device) {
  const std::string name = device.filename().string();
  if (name.starts_with("mmcblk")) return "mmc";
  if (name.starts_with("nvme")) return "nvme";
  if (has_part(device, "usb")) return "usb";
  for (const char* shown : {"loop", "nbd"}) {
    if (name.starts_with(shown)) return shown;
  }
  if (has_part(device, "ata")) return "ata";
  if (has_part(device, "virtio")) return "virtio";
  if (has_part(device, "host")) return "scsi";
  return device.string().find("/devices/virtual/") != std::string::npos ? "virtual" : "";
}

std::string device_serial(const fs::path& device) {
  const std::string cid = sysfs_attribute(device / "device", "cid");
  if (!cid.empty()) return cid;
  std::string serial = sysfs_attribute(device / "device", "serial");
  if (serial.empty()) serial = sysfs_attribute(device, "serial");
  if (serial.empty() && device_bus(device) == "usb") serial = usb_serial(device);
  return serial;
}

// A disk at a hot-plug port of SATA says that it is removable, too: libata sets the bit for it.
bool is_removable_device(const fs::path& device) {
  const std::string bus = device_bus(device);
  if (bus == "mmc" && sysfs_attribute(device / "device", "type") == "SD") return true;
  return (bus == "usb" || bus == "mmc" || bus.empty()) && sysfs_attribute(device, "removable") == "1";
}

}  // namespace kraken
