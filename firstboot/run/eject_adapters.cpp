#include "run/eject_adapters.h"

#include <algorithm>
#include <cerrno>

#include "nic/mode_switch.h"
#include "nic/nic.h"
#include "nic/score.h"
#include "steps/try_again.h"

namespace kraken {

namespace {

// udev's programs have a new drive open to look into it, and Linux ejects none that is open twice
// (drivers/cdrom/cdrom.c, cdrom_ioctl_eject).
constexpr Patience kWhileInUse{20, std::chrono::milliseconds(500)};
constexpr std::chrono::seconds kLongestUse{10};

std::size_t count_adapters(const std::filesystem::path& root) {
  return static_cast<std::size_t>(std::ranges::count_if(read_nics(root, {}), is_usb_adapter));
}

Result<ModeSwitch> find_mode_switch(const std::filesystem::path& root, std::string_view device) {
  for (ModeSwitch& found : find_mode_switches(root)) {
    if (found.device == device) return std::move(found);
  }
  return Error(ErrorCode::kInvalidArgument,
               std::string(device) + " is left alone: it is no CD-ROM that is known to be a network adapter");
}

Status eject_when_free(const std::filesystem::path& root, const std::string& device, System& system) {
  const auto is_over = [](const Status& tried) { return tried.ok() || tried.error().sys_errno() != EBUSY; };
  const auto once = [&] { return system.eject_cdrom(device); };
  Status ejected = try_again(system, kWhileInUse, Deadline::after(kLongestUse), once, is_over);
  // usb_modeswitch, the udev rule and a run of first boot may be at it at the same time.
  return find_mode_switch(root, device).ok() ? ejected : ok_status();
}

}  // namespace

Result<std::string> eject_adapter(const std::filesystem::path& root, std::string_view device, System& system) {
  KRAKEN_ASSIGN(const ModeSwitch found, find_mode_switch(root, device));
  KRAKEN_TRY(eject_when_free(root, found.device, system));
  return found.device + " was ejected: " + found.product + " (" + format_usb_id(found.usb) + " at USB port " +
         found.usb_port + ") comes back as a network adapter\n";
}

AdapterEjector::AdapterEjector(std::filesystem::path root, System& system) : root_(std::move(root)), system_(system) {}

bool AdapterEjector::eject() {
  for (const ModeSwitch& adapter : find_mode_switches(root_)) {
    if (!ports_.insert(adapter.usb_port).second) continue;
    if (ejected_ == 0) adapters_before_ = count_adapters(root_);
    // One that cannot be ejected is none: the choice of the interface will say what is missing.
    if (eject_when_free(root_, adapter.device, system_).ok()) ++ejected_;
  }
  return ejected_ > 0 && count_adapters(root_) < adapters_before_ + ejected_;
}

}  // namespace kraken
