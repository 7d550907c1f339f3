// The cards that got their node in this run, so that none of them is taken for the next node by mistake when it is put
// in again. Thread-safe.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "block/block_source.h"
#include "sys/block_device.h"

namespace kraken {

class SpentCards {
 public:
  // From now on this card is the node's: known by its CID where it is in a slot that tells it (a reader's serial number
  // is the same for all cards), and by the image's boot block and the starts of its partitions.
  // Fails as the image's read() does.
  Status add(const std::string& node, const BlockDevice& card, const BlockSource& image);

  // kTargetRefused when the card is one of them. A card that cannot be read is none: what opens it says why.
  Status check(const BlockDevice& card) const;

 private:
  struct Piece {
    Bytes offset = 0;
    std::vector<std::byte> bytes;
  };
  struct Spent {
    std::string node;
    std::string cid;  // empty when unknown
    std::vector<Piece> pieces;
  };

  static bool is_same(const Spent& spent, const BlockDevice& card);

  mutable std::mutex mutex_;
  std::vector<Spent> cards_;
};

}  // namespace kraken
