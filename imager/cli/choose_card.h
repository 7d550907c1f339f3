// Which disk a card image goes to: the one that --device names, or one that may be offered. Every disk is judged by
// burn/card_check.h; nothing here overrides it.
#pragma once

#include "base/result.h"
#include "burn/card_check.h"
#include "cli/options.h"

namespace kraken {

struct JudgedDisk {
  BlockDevice device;
  CardJudgement judgement;
  std::string content;  // what is on it; empty when it was not looked at
};

// All disks, in the order of their names, and readers without a card. Only cards are opened, for reading, to see what
// is on them.
Result<std::vector<JudgedDisk>> judge_disks(const CardOptions& options);

// kTargetRefused when the named device may not be written. One of size 0 is a reader without a card, to be waited for.
Result<BlockDevice> named_card(const std::filesystem::path& device, const CardOptions& options);

// Who says which one of several cards is meant.
enum class Chooser { kTerminal, kNobody };

// The one card that is there. kTargetRefused when there is none, or when there are several and nobody chooses.
Result<BlockDevice> choose_card(const CardOptions& options, Chooser chooser);

}  // namespace kraken
