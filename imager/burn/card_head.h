// The start of a card, without which it does not boot. It is cleared before anything else is written, and its first
// block (kBootBlock) written last.
#pragma once

#include <optional>
#include <vector>

#include "burn/target.h"

namespace kraken {

// What has to go for a card to be unbootable: MBR, GPT header and its entries, a boot sector (all in the first 34
// sectors; UEFI specification 2.10, section 5.3), and boot loaders in the gap before the first partition.
inline constexpr Bytes kHead = kMiB;

// What lies in a cleared head, so that the card can be told from a blank one. Behind the boot block, inside the head.
struct HeadMark {
  Bytes offset = 0;
  std::vector<std::byte> bytes;
};

// Zeros and the mark, flushed. The boot block goes first, so that what cannot be cleared behind it does not leave an
// old system to boot from; and all of the head goes, for the card's old table must not outlive a short image.
// kWriteFailed; the head may then be as it was, or cleared in part.
Status clear_head(Target& target, const std::optional<HeadMark>& mark);

}  // namespace kraken
