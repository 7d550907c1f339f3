// The end of a card, as far as an image leaves it alone. What is made of a whole disk is recognised there: a GPT's
// backup (its last 34 sectors; UEFI specification 2.10, section 5.3), the superblocks of Linux RAID 0.90 and 1.0 (in
// the last 128 KiB; md(4)), ZFS's last two labels (256 KiB each), the RAIDs of mainboards. On a card that holds another
// system now they are wrong, so they go before it can boot. Used by one thread.
#pragma once

#include <vector>

#include "burn/target.h"
#include "burn/write_map.h"

namespace kraken {

inline constexpr Bytes kTail = kMiB;

class CardTail {
 public:
  // Of the target's last MiB, from the next 4 KiB before it on and without its head, what the map does not write:
  // nothing of a file. The target must outlive it, and no transfer be under way with any of these.
  CardTail(Target& target, const WriteMap& map);

  // Reads the target; kWriteFailed when it cannot be read.
  Result<bool> is_clear() const;
  // Zeros, flushed. kWriteFailed; the tail may then be cleared in part.
  Status clear();
  // kWriteFailed, naming the first byte, unless what was cleared reads as zeros. Nothing to do without clear().
  Status verify() const;

 private:
  Result<std::optional<Bytes>> first_left(std::string_view doing) const;

  Target& target_;
  std::vector<Extent> parts_;  // sorted, disjoint, not empty
  bool was_cleared_ = false;
};

}  // namespace kraken
