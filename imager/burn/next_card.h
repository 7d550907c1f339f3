// Waits at a reader until another card is in it that may be written, from what the kernel says of the reader at each
// look. Knows no clock and opens nothing: looking, trying a card and pausing are the caller's.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "burn/target.h"

namespace kraken {

struct CardHooks {
  // The reader as it is now. A failure or a size of 0 says that no card is in it.
  std::function<Result<BlockDevice>()> look;
  // Takes the card that was seen. kTargetRefused is a reason not to take it: with EBUSY it is tried again at the next
  // look, otherwise not before it was out or another one came. Any other failure ends the waiting.
  std::function<Status(const BlockDevice&)> take;
  // Told of each reason once for each time that a card is put in.
  std::function<void(const std::string& reason)> on_refusal;
  // Until the next look; false ends the waiting.
  std::function<bool()> pause;
};

// `spent` is the card that is in the reader and has had its turn: it is not taken before it was out or another one
// came. Succeeds when a card was taken; fails with kInterrupted when pause() said so, or as take() does.
Status wait_for_card(std::optional<CardIdentity> spent, const CardHooks& hooks);

}  // namespace kraken
