// Devices as sysfs lays them out: small files, and the way from a device up to the bus it hangs on. Everything is read
// below a root folder and bounded; a link that leads out of that folder's sysfs is not followed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kraken {

struct UsbId {
  std::uint16_t vendor = 0;
  std::uint16_t product = 0;
  friend bool operator==(const UsbId&, const UsbId&) = default;
  friend auto operator<=>(const UsbId&, const UsbId&) = default;
};

// "0bda:8153"
std::string format_usb_id(UsbId id);

struct UsbDevice {
  std::filesystem::path folder;
  UsbId id;
  std::string port;  // "1-1.2": its name in sysfs
};

// The first line of a small file, without control characters; "" when it cannot be read.
std::string sysfs_line(const std::filesystem::path& file);
// All lines, as they are; empty when it cannot be read.
std::vector<std::string> sysfs_lines(const std::filesystem::path& file);
// The last part of where a symbolic link points to; "" when it is none, or when that is not a device's word.
std::string sysfs_link_name(const std::filesystem::path& link);
// Letters, digits, and - _ . , : @ + alone: such words end up in reports and configuration files.
bool is_device_word(std::string_view text);

// The real folder of the device that a link such as class/net/eth0/device leads to; nothing when there is none, or when
// it is not below root/sys.
std::optional<std::filesystem::path> device_folder(const std::filesystem::path& root,
                                                   const std::filesystem::path& link);
// The first USB device at or above a device's folder: neither its interfaces nor, when there is one in between, the
// hubs above it.
std::optional<UsbDevice> usb_device_above(const std::filesystem::path& root, const std::filesystem::path& device);
// What udev calls ID_PATH: "platform-3f980000.usb-usb-0:1.2:1.0". The same on every boot as long as the device stays in
// its port. "" for a device on a bus that udev cannot name either.
std::string udev_path(const std::filesystem::path& root, const std::filesystem::path& device);

// The lowest hub above both of two USB devices: "1-1" for "1-1.2" and "1-1.3.1". "" when there is none but the
// controller's own, or when one of them is on no USB.
std::string shared_usb_hub(const std::string& port, const std::string& other);

// "1-1.2" before "1-1.10", and a hub before what hangs on it.
bool port_less(const std::string& a, const std::string& b);

}  // namespace kraken
