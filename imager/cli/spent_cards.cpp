#include "cli/spent_cards.h"

#include <algorithm>

#include "block/file_source.h"
#include "disk/partition_table.h"

namespace kraken {

namespace {

constexpr Bytes kPiece = 4 * kKiB;  // of a partition: its boot sector or its ext4 superblock, with the time it was made

std::string cid_of(const BlockDevice& card) {
  return card.bus == "mmc" ? card.serial : "";
}

Result<std::vector<std::byte>> read_piece(const BlockSource& disk, Bytes offset) {
  std::vector<std::byte> bytes(kPiece);
  KRAKEN_TRY(disk.read(offset, bytes));
  return bytes;
}

}  // namespace

Status SpentCards::add(const std::string& node, const BlockDevice& card, const BlockSource& image) {
  KRAKEN_ASSIGN(const PartitionTable table, read_partition_table(image));
  std::vector<Bytes> offsets{0};
  for (const Partition& partition : table.partitions) offsets.push_back(partition.start);
  Spent spent{node, cid_of(card), {}};
  for (const Bytes offset : offsets) {
    KRAKEN_ASSIGN(std::vector<std::byte> bytes, read_piece(image, offset));
    spent.pieces.push_back({offset, std::move(bytes)});
  }
  const std::lock_guard lock(mutex_);
  cards_.push_back(std::move(spent));
  return ok_status();
}

bool SpentCards::is_same(const Spent& spent, const BlockDevice& card) {
  if (!spent.cid.empty() && !cid_of(card).empty()) return spent.cid == cid_of(card);
  const auto disk = FileSource::open(card.path);
  if (!disk.ok()) return false;
  return std::ranges::all_of(spent.pieces, [&](const Piece& piece) {
    const auto bytes = read_piece(**disk, piece.offset);
    return bytes.ok() && *bytes == piece.bytes;
  });
}

// A card is read with no lock held: one that hangs must not keep the others waiting.
Status SpentCards::check(const BlockDevice& card) const {
  std::vector<Spent> cards;
  {
    const std::lock_guard lock(mutex_);
    cards = cards_;
  }
  for (const Spent& spent : cards) {
    if (!is_same(spent, card)) continue;
    return Error(ErrorCode::kTargetRefused,
                 card.path.string() + ": this card got " + spent.node + " just now; put another one in");
  }
  return ok_status();
}

}  // namespace kraken
