// The 32 bytes of a directory entry, both kinds: the record of a file or folder, and one part of a long name.
// fatgen103, "FAT Directory Structure" and "FAT Long Directory Entries".
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "fs/fat/dos_time.h"
#include "fs/fat/geometry.h"
#include "fs/fat/short_name.h"

namespace kraken::fat {

inline constexpr std::size_t kRecordSize = 32;
using RawRecord = std::array<std::byte, kRecordSize>;

// DIR_Attr
inline constexpr std::uint8_t kReadOnly = 0x01;
inline constexpr std::uint8_t kVolumeId = 0x08;
inline constexpr std::uint8_t kDirectory = 0x10;
inline constexpr std::uint8_t kArchive = 0x20;

// What the first byte and the attributes say that a slot holds.
enum class SlotKind { kEndOfFolder, kFree, kLongNamePart, kVolumeLabel, kRecord };
SlotKind slot_kind(std::span<const std::byte> slot);

struct Record {
  ShortName name{};
  std::uint8_t attributes = 0;
  std::uint8_t case_bits = 0;
  std::uint8_t created_tenths = 0;
  std::uint16_t created_time = 0;
  std::uint16_t created_date = 0;
  std::uint16_t accessed_date = 0;
  std::uint16_t written_time = 0;
  std::uint16_t written_date = 0;
  std::uint32_t first_cluster = 0;  // 0: none
  std::uint32_t size = 0;           // bytes; 0 for a folder

  bool is_folder() const { return (attributes & kDirectory) != 0; }
  void set_written(const DosTime& when);
  void set_created(const DosTime& when);
};

// On FAT16 the upper half of the first cluster is another field, and not a cluster's.
Record decode_record(std::span<const std::byte> slot, FatType type);
RawRecord encode_record(const Record& record);

inline constexpr std::size_t kUnitsPerPart = 13;

struct LongNamePart {
  std::uint8_t ordinal = 0;  // 1 is the first part of the name, which comes last in the folder
  bool is_last = false;      // the last part of the name, which comes first
  std::uint8_t checksum = 0;
  std::array<char16_t, kUnitsPerPart> units{};
};
LongNamePart decode_long_name_part(std::span<const std::byte> slot);

// In the folder's order, to be followed by the record with the short name of that checksum.
std::vector<RawRecord> encode_long_name(std::u16string_view name, std::uint8_t checksum);

}  // namespace kraken::fat
