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

// "TP-Link UE300 (2357:0600 at USB port 1-1.2)"
std::string describe(const ModeSwitch& adapter) {
  return adapter.product + " (" + format_usb_id(adapter.usb) + " at USB port " + adapter.usb_port + ")";
}

std::string success(const ModeSwitch& adapter) {
  return adapter.device + " was ejected: " + describe(adapter) + " comes back as a network adapter";
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
  return success(found) + "\n";
}

AdapterEjector::AdapterEjector(std::filesystem::path root, System& system) : root_(std::move(root)), system_(system) {}

bool AdapterEjector::eject() {
  for (const ModeSwitch& adapter : find_mode_switches(root_)) {
    if (!ports_.insert(adapter.usb_port).second) continue;
    if (outcome_.done.empty()) adapters_before_ = count_adapters(root_);
    const Status ejected = eject_when_free(root_, adapter.device, system_);
    if (ejected.ok()) {
      outcome_.done.push_back(success(adapter));
    } else {
      outcome_.failed.push_back(describe(adapter) + " came up as a CD-ROM, and could not be made a network adapter: " +
                                ejected.error().what());
    }
  }
  const std::size_t ejected = outcome_.done.size();
  return ejected > 0 && count_adapters(root_) < adapters_before_ + ejected;
}

}  // namespace kraken
