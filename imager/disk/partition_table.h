// Partition tables of images and cards: reading any, changing MBR. Only this folder knows that libfdisk does it. The
// bytes may be hostile: every entry is checked against the disk's size.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "block/block_source.h"

namespace kraken {

enum class TableKind { kNone, kMbr, kGpt };

struct Partition {
  int number = 0;  // from 1
  Bytes start = 0;
  Bytes size = 0;
  std::uint8_t mbr_type = 0;  // 0 on GPT
  std::string gpt_type;       // UUID, upper case; empty on MBR
  bool is_logical = false;    // inside an extended partition
  Bytes end() const { return start + size; }
};

struct PartitionTable {
  TableKind kind = TableKind::kNone;
  std::uint32_t disk_id = 0;  // MBR: little-endian at byte 440; PARTUUID is its eight hex digits, '-', the number
  std::vector<Partition> partitions;  // by number
};

// "0f1ee700-02": the PARTUUID of an MBR partition, as fstab and cmdline.txt spell it.
std::string mbr_partuuid(std::uint32_t disk_id, int number);

// kNone when there is no table (a bare file system, zeros). kCorrupt when a partition lies outside the disk or two overlap.
Result<PartitionTable> read_partition_table(const BlockSource& disk);

// Changes to an MBR; what is not named stays to the byte, boot code included.
struct TableEdit {
  std::optional<std::uint32_t> disk_id;
  struct Resize {
    int number = 0;
    Bytes size = 0;  // a multiple of the sector
  };
  std::optional<Resize> resize;
};
// kUnsupported for GPT and for no table; kInvalidArgument when the new size overlaps the next partition or passes the
// disk's end or 2^32 sectors.
Status edit_partition_table(BlockStore& disk, const TableEdit& edit);

}  // namespace kraken
