#include "burn/card_check.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/text.h"

namespace kraken {

namespace {

// What the kernel calls disks that hold nothing which outlives it, or that no image can be written to.
constexpr std::array<std::string_view, 6> kNoDisks = {"zram", "ram", "sr", "fd", "dm-", "md"};

CardJudgement never(std::string reason) {
  return {CardVerdict::kNotWriteable, std::move(reason)};
}

CardJudgement in_use(std::string reason) {
  return {CardVerdict::kInUse, std::move(reason)};
}

bool is_card(const CardJudgement& judgement) {
  return judgement.verdict == CardVerdict::kCard;
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

// What is behind a loop device is judged only when it is named itself.
CardJudgement judge_backing(const BlockDevice& device) {
  if (device.backing_kind == BackingKind::kDevice) {
    return never("another name for " + device.backing + "; name that device instead");
  }
  if (device.backing_kind == BackingKind::kDeleted) {
    return never("shows a file that is gone: " + device.backing);
  }
  return {};
}

CardJudgement judge_use(const BlockDevice& device) {
  const auto& points = device.mount_points;
  if (std::ranges::any_of(points, is_of_the_system)) return never("the running system is on it");
  if (!device.swap.empty()) return in_use("in use as swap (" + join(device.swap, ", ") + ")");
  if (!device.holders.empty()) {
    return in_use("in use by " + join(device.holders, ", ") + " (encryption, RAID, LVM or a loop device)");
  }
  if (!points.empty()) return in_use("mounted at " + join(points, ", ") + "; unmount it first");
  return {};
}

// The tables of a base count in sectors of 512 bytes, whatever it is written to.
CardJudgement judge_sectors(const BlockDevice& device) {
  if (device.logical_sector == kSectorSize) return {};
  return never("has sectors of " + std::to_string(device.logical_sector) + " bytes; an image is made for those of " +
               std::to_string(kSectorSize) + ", and would not boot from it");
}

// An empty loop or nbd device is no reader, and a disk of the machine without a size is broken.
CardJudgement judge_emptiness(const BlockDevice& device) {
  if (device.size > 0) return {};
  const auto verdict = device.is_removable ? CardVerdict::kEmpty : CardVerdict::kNotWriteable;
  return {verdict, "no medium in it; put a card in"};
}

CardJudgement judge_size(const BlockDevice& device, const CardLimits& limits) {
  if (device.size <= limits.max_size) return {};
  return {CardVerdict::kFixed, "holds " + human_bytes(device.size) + ", more than the " + human_bytes(limits.max_size) +
                                   " that a card may have (--max-size)"};
}

CardJudgement judge_kind(const BlockDevice& device) {
  if (device.bus == "loop" || device.bus == "nbd") {
    return {CardVerdict::kNamed, "a file that is shown as a disk; it is written only when --device names it"};
  }
  if (device.is_removable) return {};
  return {CardVerdict::kFixed,
          "not removable: a disk of this machine; to overwrite it all the same, add --force-fixed-disk to --device"};
}

}  // namespace

CardJudgement judge_card(const BlockDevice& device, const CardLimits& limits) {
  if (device.is_partition) return never("a partition of " + device.parent + "; name the whole device");
  if (std::string reason = no_disk_reason(device.kernel_name); !reason.empty()) return never(std::move(reason));
  if (auto empty = judge_emptiness(device); !is_card(empty)) return empty;
  if (auto use = judge_use(device); !is_card(use)) return use;
  if (auto backing = judge_backing(device); !is_card(backing)) return backing;
  if (device.is_read_only) return never("read-only; look for the card's lock switch");
  if (auto sectors = judge_sectors(device); !is_card(sectors)) return sectors;
  if (auto size = judge_size(device, limits); !is_card(size)) return size;
  return judge_kind(device);
}

Status check_named_card(const BlockDevice& device, const CardLimits& limits, FixedDisks fixed) {
  const CardJudgement judgement = judge_card(device, limits);
  const bool is_allowed = judgement.verdict == CardVerdict::kCard || judgement.verdict == CardVerdict::kNamed ||
                          (judgement.verdict == CardVerdict::kFixed && fixed == FixedDisks::kAllowed);
  if (is_allowed) return ok_status();
  const int cause = judgement.verdict == CardVerdict::kInUse ? EBUSY : 0;
  return Error(ErrorCode::kTargetRefused, device.path.string() + ": " + judgement.reason, cause);
}

}  // namespace kraken
