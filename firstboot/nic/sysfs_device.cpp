#include "nic/sysfs_device.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "sys/files.h"
#include "system/rooted_system.h"

namespace kraken {

namespace {

namespace fs = std::filesystem;

constexpr Bytes kSmallFile = 4096;  // a page: sysfs gives no more for an attribute
constexpr std::size_t kLongestWord = 255;
constexpr std::string_view kMarks = "-_.,:@+";

std::optional<std::uint16_t> parse_hex_id(const std::string& text) {
  const auto bytes = from_hex(text);
  if (!bytes || bytes->size() != 2) return std::nullopt;
  return static_cast<std::uint16_t>(std::to_integer<unsigned>((*bytes)[0]) << 8U |
                                    std::to_integer<unsigned>((*bytes)[1]));
}

std::optional<UsbId> usb_id_of(const fs::path& folder) {
  const auto vendor = parse_hex_id(sysfs_line(folder / "idVendor"));
  const auto product = parse_hex_id(sysfs_line(folder / "idProduct"));
  if (!vendor || !product) return std::nullopt;
  return UsbId{*vendor, *product};
}

std::optional<fs::path> sysfs_of(const fs::path& root) {
  std::error_code error;
  const fs::path sysfs = fs::canonical(root / "sys", error);
  return error ? std::nullopt : std::optional(sysfs);
}

bool is_inside(const fs::path& path, const fs::path& folder) {
  const auto [end, ignored] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  return end == folder.end() && path != folder;
}

// From a device up to below `sysfs`: the folders that stand for devices, as udev sees them (they have a `uevent`).
std::vector<fs::path> device_and_above(const fs::path& sysfs, fs::path folder) {
  std::vector<fs::path> found;
  std::error_code ignored;
  for (; is_inside(folder, sysfs); folder = folder.parent_path()) {
    if (fs::exists(folder / "uevent", ignored)) found.push_back(folder);
  }
  return found;
}

// What one device adds to the path; "" for one that adds nothing.
std::string path_part(const std::string& subsystem, const std::string& name) {
  if (subsystem == "usb") {
    const std::size_t dash = name.find('-');
    return dash == std::string::npos ? "" : "usb-0:" + name.substr(dash + 1);
  }
  if (subsystem == "pci" || subsystem == "platform" || subsystem == "acpi") return subsystem + "-" + name;
  return "";
}

std::vector<std::uint64_t> port_numbers(const std::string& port) {
  std::vector<std::uint64_t> numbers;
  std::string dotted = port;
  std::ranges::replace(dotted, '-', '.');
  for (const std::string& number : split(dotted, '.')) numbers.push_back(parse_u64(number).value_or(0));
  return numbers;
}

}  // namespace

std::string format_usb_id(UsbId id) {
  const std::array<std::byte, 4> bytes = {std::byte(id.vendor >> 8U), std::byte(id.vendor & 0xffU),
                                          std::byte(id.product >> 8U), std::byte(id.product & 0xffU)};
  const std::string hex = to_hex(bytes);
  return hex.substr(0, 4) + ":" + hex.substr(4);
}

std::string sysfs_line(const fs::path& file) {
  const auto text = read_whole_file(file, kSmallFile);
  if (!text.ok()) return "";
  // The device tree ends its strings with a NUL.
  std::string line = text->substr(0, std::min(text->find('\n'), text->find('\0')));
  std::erase_if(line, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  return std::string(trim(line));
}

std::vector<std::string> sysfs_lines(const fs::path& file) {
  const auto text = read_whole_file(file, kSmallFile);
  return text.ok() ? split(*text, '\n') : std::vector<std::string>();
}

bool is_device_word(std::string_view text) {
  return is_plain_word(text, kMarks, kLongestWord);
}

std::string sysfs_link_name(const fs::path& link) {
  std::error_code error;
  const std::string name = fs::read_symlink(link, error).filename().string();
  return !error && is_device_word(name) ? name : "";
}

std::optional<fs::path> device_folder(const fs::path& root, const fs::path& link) {
  const auto sysfs = sysfs_of(root);
  std::error_code error;
  const fs::path folder = fs::canonical(link, error);
  if (error || !sysfs || !is_inside(folder, *sysfs)) return std::nullopt;
  return folder;
}

std::optional<UsbDevice> usb_device_above(const fs::path& root, const fs::path& device) {
  const auto sysfs = sysfs_of(root);
  if (!sysfs) return std::nullopt;
  for (const fs::path& folder : device_and_above(*sysfs, device)) {
    const auto id = usb_id_of(folder);
    const std::string port = folder.filename().string();
    if (id && is_device_word(port)) return UsbDevice{folder, *id, port};
  }
  return std::nullopt;
}

// systemd, src/udev/udev-builtin-path_id.c: of each run of devices on the same bus the lowest one gives its name; the
// buses above come before it; buses that it does not know (and those of virtio) add nothing; and without a PCI,
// platform or ACPI device there is no path, since nothing then says which controller it is.
std::string udev_path(const fs::path& root, const fs::path& device) {
  const auto sysfs = sysfs_of(root);
  if (!sysfs) return "";
  std::vector<std::string> parts;
  std::string above;  // the bus of the run that is being passed
  bool anchored = false;
  for (const fs::path& folder : device_and_above(*sysfs, device)) {
    const std::string subsystem = sysfs_link_name(folder / "subsystem");
    const std::string name = folder.filename().string();
    const bool same_run = !subsystem.empty() && subsystem == above;
    above = subsystem;
    if (same_run) continue;
    const std::string part = path_part(subsystem, name);
    if (part.empty()) continue;
    anchored = anchored || subsystem != "usb";
    parts.push_back(part);
  }
  std::ranges::reverse(parts);
  std::string path = join(parts, "-");
  return anchored && is_device_word(path) ? path : "";
}

std::string shared_usb_hub(const std::string& port, const std::string& other) {
  const auto hubs = split(port, '.');
  const auto others = split(other, '.');
  std::vector<std::string> shared;
  // The last one of each is the device itself.
  for (std::size_t i = 0; i + 1 < std::min(hubs.size(), others.size()) && hubs[i] == others[i]; ++i) {
    shared.push_back(hubs[i]);
  }
  return join(shared, ".");
}

bool port_less(const std::string& a, const std::string& b) {
  return port_numbers(a) < port_numbers(b);
}

}  // namespace kraken
