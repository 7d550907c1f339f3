#include "nic/mode_switch.h"

#include <algorithm>

#include "base/text.h"
#include "nic/known_adapters.h"

namespace kraken {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxBlockDevices = 4096;
constexpr std::string_view kCdromPrefix = "sr";

// "sr0": SCSI CD-ROMs, and nothing else that begins so.
bool is_cdrom_name(const std::string& name) {
  return name.starts_with(kCdromPrefix) && parse_u64(name.substr(kCdromPrefix.size())).has_value();
}

}  // namespace

std::vector<ModeSwitch> find_mode_switches(const fs::path& root) {
  std::vector<ModeSwitch> found;
  std::error_code error;
  std::size_t seen = 0;
  fs::directory_iterator entry(root / "sys/class/block", error);
  for (; !error && entry != fs::directory_iterator() && seen < kMaxBlockDevices; entry.increment(error), ++seen) {
    const std::string name = entry->path().filename().string();
    if (!is_cdrom_name(name)) continue;
    const auto device = device_folder(root, entry->path() / "device");
    const auto usb = device ? usb_device_above(root, *device) : std::nullopt;
    const KnownCdrom* known = usb ? find_known_cdrom(usb->id) : nullptr;
    if (known != nullptr) found.push_back({"/dev/" + name, usb->id, usb->port, std::string(known->product)});
  }
  std::ranges::sort(found, {}, &ModeSwitch::device);
  return found;
}

}  // namespace kraken
