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
  int number = 0;   // from 1
  Bytes start = 0;  // from the disk's beginning, for a logical partition too
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

// "0f1ee700": as people and PARTUUIDs write it.
std::string disk_id_text(std::uint32_t disk_id);
// "0f1ee700-02": the PARTUUID of an MBR partition, as fstab and cmdline.txt spell it.
std::string mbr_partuuid(std::uint32_t disk_id, int number);

// Sectors of 512 bytes. kNone when there is no table: zeros, or a bare file system, FAT among them though its first
// sector has an MBR's signature. An extended partition is listed beside the logical ones in it; entries without a size
// are not. kCorrupt, with a sentence on what is wrong, when a partition lies outside the disk or two overlap, when the
// chain of an extended partition is a loop or leaves it, and for a GPT that is damaged or has lost its protective MBR.
// kUnsupported for a GPT of more than 4 MiB. Fails as the disk's read() does.
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
// Writes the first sector, and in it changes the disk id's four bytes and the one entry's sixteen alone; the
// partition's start, type and boot flag stay. kUnsupported for a GPT, for no table, and for resizing an extended or
// logical partition; kNotFound when there is no such partition; kInvalidArgument when the new size overlaps the next
// partition or passes the disk's end or 2^32 sectors; otherwise as read_partition_table and the disk's write(). Nothing
// was written then, unless that write itself failed.
Status edit_partition_table(BlockStore& disk, const TableEdit& edit);

}  // namespace kraken
