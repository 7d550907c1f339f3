// Whether a disk may be overwritten with a card's image, and if not, why. Decides on what sysfs and procfs said; opens
// and asks nothing.
#pragma once

#include <string>

#include "base/result.h"
#include "sys/block_device.h"

namespace kraken {

struct CardLimits {
  // Larger disks are hardly cards: --max-size.
  Bytes max_size = Bytes{256} * 1000 * 1000 * 1000;
};

enum class CardVerdict {
  kCard,          // may be offered
  kNamed,         // a file that is shown as a disk: only for who names it
  kFixed,         // looks like a disk of the machine: only for who names it and insists
  kEmpty,         // a reader without a card: one may be waited for
  kInUse,         // not as long as that is so, which may end by itself
  kNotWriteable,  // read-only, a partition: never
};

struct CardJudgement {
  CardVerdict verdict = CardVerdict::kCard;
  std::string reason;  // why it is not a card; empty with kCard
};

CardJudgement judge_card(const BlockDevice& device, const CardLimits& limits);

enum class FixedDisks { kRefused, kAllowed };

// For a disk that was named: kTargetRefused with device and reason, unless it is a card, a file shown as a disk, or a
// fixed disk that was allowed. Error::sys_errno() is EBUSY when it is only in use.
Status check_named_card(const BlockDevice& device, const CardLimits& limits, FixedDisks fixed);

}  // namespace kraken
