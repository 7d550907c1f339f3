#include "disk/partition_table.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "disk/fdisk_table.h"
#include "disk/gpt.h"
#include "disk/mbr.h"

namespace kraken {

namespace {

// The last sector that a 32-bit start and a 32-bit size can name together is never reached by Linux either.
constexpr Bytes kMbrLimit = (Bytes{1} << 32) * kSectorSize;

Error invalid(const std::string& what) {
  return Error(ErrorCode::kInvalidArgument, "partition table: " + what);
}

bool is_container(const Partition& partition) {
  return MbrEntry{0, partition.mbr_type, Lba{}, 0}.is_extended() && !partition.is_logical;
}

// Two that share bytes although neither is the extended partition that holds the other.
bool collide(const Partition& a, const Partition& b) {
  const bool apart = a.end() <= b.start || b.end() <= a.start;
  const bool nested = (is_container(a) && b.is_logical) || (is_container(b) && a.is_logical);
  return !apart && !nested;
}

Status check_partitions(const std::vector<Partition>& partitions, Bytes disk_size) {
  for (auto a = partitions.begin(); a != partitions.end(); ++a) {
    const std::string name = "partition table: partition " + std::to_string(a->number);
    if (a->end() > disk_size) {
      return Error(ErrorCode::kCorrupt, name + " ends at byte " + std::to_string(a->end()) +
                                            ", past the disk's end at " + std::to_string(disk_size) +
                                            " (is the image truncated?)");
    }
    for (auto b = std::next(a); b != partitions.end(); ++b) {
      if (collide(*a, *b)) return Error(ErrorCode::kCorrupt, name + " overlaps partition " + std::to_string(b->number));
    }
  }
  return ok_status();
}

struct OpenTable {
  TableKind kind = TableKind::kNone;
  std::optional<FdiskTable> table;  // none without a table
  PartitionTable content;
};

Result<OpenTable> finish(const BlockSource& disk, const std::vector<Extent>& ranges, TableKind kind) {
  OpenTable open;
  open.kind = kind;
  KRAKEN_ASSIGN(open.table, FdiskTable::open(disk, ranges, kind));
  open.content.kind = kind;
  KRAKEN_ASSIGN(open.content.partitions, open.table->partitions());
  KRAKEN_TRY(check_partitions(open.content.partitions, disk.size()));
  return open;
}

Result<OpenTable> open_mbr(const BlockSource& disk, const Sector& sector) {
  KRAKEN_ASSIGN(const std::vector<Lba> chain, walk_extended_chain(disk, sector));
  std::vector<Extent> ranges{{0, kSectorSize, false}};
  // The chain was read, so its offsets are in the disk.
  for (const Lba at : chain) ranges.push_back({at.value * kSectorSize, kSectorSize, false});
  KRAKEN_ASSIGN(OpenTable open, finish(disk, ranges, TableKind::kMbr));
  open.content.disk_id = mbr_disk_id(sector);
  return open;
}

// Only the first copy of the table is read: where it is damaged, a kernel sees no partitions, whatever the backup says.
Result<OpenTable> open_gpt(const BlockSource& disk) {
  KRAKEN_ASSIGN(const Extent entries, gpt_entries(disk));
  return finish(disk, {{0, 2 * kSectorSize, false}, entries}, TableKind::kGpt);
}

Result<OpenTable> open_table(const BlockSource& disk) {
  if (disk.size() < kSectorSize) return OpenTable{};
  KRAKEN_ASSIGN(const Sector sector, read_sector(disk, Lba{0}));
  KRAKEN_ASSIGN(const FirstSector first, classify_first_sector(disk, sector));
  switch (first) {
    case FirstSector::kMbr:
      return open_mbr(disk, sector);
    case FirstSector::kProtective:
      return open_gpt(disk);
    case FirstSector::kNoTable:
      break;
  }
  KRAKEN_ASSIGN(const bool is_gpt, has_gpt_signature(disk));
  if (is_gpt) return Error(ErrorCode::kCorrupt, "partition table: a GPT header, but no protective MBR before it");
  return OpenTable{};
}

// How far the partition may reach: to the next one or the disk's end.
Bytes end_limit(const PartitionTable& table, const Partition& partition, Bytes disk_size) {
  Bytes limit = std::min(round_down(disk_size, kSectorSize), kMbrLimit);
  for (const auto& other : table.partitions) {
    if (!other.is_logical && other.start > partition.start) limit = std::min(limit, other.start);
  }
  return limit;
}

Status check_resize(const PartitionTable& table, const TableEdit::Resize& resize, Bytes disk_size) {
  const std::string name = "partition " + std::to_string(resize.number);
  const auto found = std::ranges::find(table.partitions, resize.number, &Partition::number);
  if (found == table.partitions.end()) return Error(ErrorCode::kNotFound, "partition table: there is no " + name);
  if (found->is_logical || is_container(*found)) {
    return Error(ErrorCode::kUnsupported, "partition table: " + name +
                                              " is extended or inside an extended partition, "
                                              "which cannot be resized; take an image with primary partitions");
  }
  if (resize.size == 0 || resize.size % kSectorSize != 0) {
    return invalid(name + " cannot have " + std::to_string(resize.size) + " bytes: a multiple of 512 is needed");
  }
  const Bytes room = end_limit(table, *found, disk_size) - found->start;
  if (resize.size > room) {
    return invalid(name + " cannot have " + std::to_string(resize.size) + " bytes: there are " + std::to_string(room) +
                   " up to the next partition or the end");
  }
  return ok_status();
}

void copy_bytes(const Sector& from, Sector& to, std::size_t offset, std::size_t length) {
  std::copy_n(from.begin() + static_cast<std::ptrdiff_t>(offset), length,
              to.begin() + static_cast<std::ptrdiff_t>(offset));
}

}  // namespace

std::string disk_id_text(std::uint32_t disk_id) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%08x", disk_id);
  return text.data();
}

std::string mbr_partuuid(std::uint32_t disk_id, int number) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "-%02x", static_cast<unsigned>(number));
  return disk_id_text(disk_id) + text.data();
}

Result<PartitionTable> read_partition_table(const BlockSource& disk) {
  KRAKEN_ASSIGN(OpenTable open, open_table(disk));
  return std::move(open.content);
}

Status edit_partition_table(BlockStore& disk, const TableEdit& edit) {
  KRAKEN_ASSIGN(OpenTable open, open_table(disk));
  if (open.kind != TableKind::kMbr) {
    return Error(ErrorCode::kUnsupported, open.kind == TableKind::kGpt
                                              ? "partition table: a GPT cannot be edited; take an image with an MBR"
                                              : "partition table: there is none to edit");
  }
  if (edit.resize) KRAKEN_TRY(check_resize(open.content, *edit.resize, disk.size()));
  if (edit.disk_id) KRAKEN_TRY(open.table->set_disk_id(*edit.disk_id));
  if (edit.resize) KRAKEN_TRY(open.table->resize(edit.resize->number, edit.resize->size));
  KRAKEN_ASSIGN(const Sector edited, open.table->written_first_sector());
  KRAKEN_ASSIGN(Sector sector, read_sector(disk, Lba{0}));
  // Only the bytes that were meant, whatever else libfdisk may have thought worth changing.
  if (edit.disk_id) copy_bytes(edited, sector, kMbrDiskId, sizeof(std::uint32_t));
  if (edit.resize) {
    const auto index = static_cast<std::size_t>(edit.resize->number - 1);
    copy_bytes(edited, sector, kMbrEntries + index * kMbrEntrySize, kMbrEntrySize);
  }
  return disk.write(0, sector);
}

}  // namespace kraken
