#include "burn/card_check.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace kraken {

namespace {

// What the kernel calls disks that hold nothing which outlives it, or that no image can be written to.
constexpr std::array<std::string_view, 6> kNoDisks = {"zram", "ram", "sr", "fd", "dm-", "md"};

CardJudgement never(std::string reason) {
  return {CardVerdict::kNotWriteable, std::move(reason)};
}

bool is_of_the_system(const std::string& mount_point) {
  return mount_point == "/" || mount_point == "/usr" || mount_point == "/boot" || mount_point.starts_with("/boot/");
}

std::string no_disk_reason(const std::string& name) {
  const auto numbered = [&](std::string_view prefix) {
    return name.starts_with(prefix) && name.size() > prefix.size() && name[prefix.size()] >= '0' &&
           name[prefix.size()] <= '9';
  };
  if (std::ranges::any_of(kNoDisks, numbered)) return "made up by the kernel or a drive of another kind, not a card";
  // mmcblk0boot0, mmcblk0rpmb: the firmware areas of an eMMC.
  if (name.starts_with("mmcblk") &&
      (name.find("boot") != std::string::npos || name.find("rpmb") != std::string::npos)) {
    return "a firmware area of a memory chip, not a card";
  }
  return "";
}

CardJudgement judge_use(const BlockDevice& device) {
  const auto& points = device.mount_points;
  if (std::ranges::any_of(points, is_of_the_system)) return never("the running system is on it");
  if (!device.swap.empty()) return never("in use as swap (" + join(device.swap, ", ") + ")");
  if (!device.holders.empty()) {
    return never("in use by " + join(device.holders, ", ") + " (encryption, RAID, LVM or a loop device)");
  }
  if (!points.empty()) return never("mounted at " + join(points, ", ") + "; unmount it first");
  return {};
}

}  // namespace

CardJudgement judge_card(const BlockDevice& device, const CardLimits& limits) {
  if (device.is_partition) return never("a partition of " + device.parent + "; name the whole device");
  if (std::string reason = no_disk_reason(device.kernel_name); !reason.empty()) return never(std::move(reason));
  if (device.size == 0) return never("no medium in it; put a card in");
  if (auto use = judge_use(device); use.verdict != CardVerdict::kCard) return use;
  if (device.is_read_only) return never("read-only; look for the card's lock switch");
  if (device.size > limits.max_size) {
    return {CardVerdict::kFixed, "holds " + human_bytes(device.size) + ", more than the " +
                                     human_bytes(limits.max_size) + " that a card may have (--max-size)"};
  }
  if (device.bus == "loop" || device.bus == "nbd") {
    return {CardVerdict::kNamed, "a file that is shown as a disk; it is written only when --device names it"};
  }
  if (!device.is_removable) {
    return {CardVerdict::kFixed,
            "not removable: a disk of this machine; to overwrite it all the same, add "
            "--force-fixed-disk to --device"};
  }
  return {};
}

Status check_named_card(const BlockDevice& device, const CardLimits& limits, FixedDisks fixed) {
  const CardJudgement judgement = judge_card(device, limits);
  const bool is_allowed = judgement.verdict == CardVerdict::kCard || judgement.verdict == CardVerdict::kNamed ||
                          (judgement.verdict == CardVerdict::kFixed && fixed == FixedDisks::kAllowed);
  if (is_allowed) return ok_status();
  return Error(ErrorCode::kTargetRefused, device.path.string() + ": " + judgement.reason);
}

}  // namespace kraken
