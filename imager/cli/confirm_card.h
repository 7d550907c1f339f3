// The question about a card, before it is opened for writing.
#pragma once

#include <string>

#include "cli/burn_teller.h"
#include "cli/options.h"

namespace kraken {

// "Overwrite all of /dev/sdb (29.7 GiB, SD Reader) with kraken-3?", or what --update does to it.
std::string card_question(const BlockDevice& card, const std::string& node, const BurnOptionsCli& options);

// kTargetRefused unless the answer, or --yes, is yes; kInterrupted when the run was stopped instead.
Status confirm_card(const BlockDevice& card, const std::string& node, const BurnOptionsCli& options,
                    BurnTeller& teller);

// Of a reader whose card is not in it yet. kTargetRefused when nobody could say yes to it later.
Status check_can_confirm(const BlockDevice& reader, const BurnOptionsCli& options, const BurnTeller& teller);

}  // namespace kraken
