#include "fs/fat/record.h"

#include <algorithm>

#include "base/endian.h"

namespace kraken::fat {

namespace {

constexpr std::uint8_t kLongNameAttributes = 0x0f;
constexpr std::uint8_t kLongNameMask = 0x3f;
constexpr std::uint8_t kLastPart = 0x40;
constexpr std::uint8_t kDeleted = 0xe5;
constexpr char16_t kPadding = 0xffff;

// Where the units of a long name part lie: LDIR_Name1, 2 and 3.
constexpr std::array<std::size_t, kUnitsPerPart> kUnitOffsets = {1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30};

std::uint8_t byte_at(std::span<const std::byte> slot, std::size_t offset) {
  return read_le<std::uint8_t>(slot, offset).value_or(0);
}

std::uint16_t half_at(std::span<const std::byte> slot, std::size_t offset) {
  return read_le<std::uint16_t>(slot, offset).value_or(0);
}

// The offsets are this file's constants, all inside a record.
template <typename T>
void put(RawRecord& raw, std::size_t offset, T value) {
  static_cast<void>(write_le(std::span<std::byte>(raw), offset, value));
}

}  // namespace

SlotKind slot_kind(std::span<const std::byte> slot) {
  const std::uint8_t first = byte_at(slot, 0);
  const std::uint8_t attributes = byte_at(slot, 11);
  if (first == 0) return SlotKind::kEndOfFolder;
  if (first == kDeleted) return SlotKind::kFree;
  if ((attributes & kLongNameMask) == kLongNameAttributes) return SlotKind::kLongNamePart;
  return (attributes & kVolumeId) != 0 ? SlotKind::kVolumeLabel : SlotKind::kRecord;
}

void Record::set_written(const DosTime& when) {
  written_time = when.time;
  written_date = when.date;
  accessed_date = when.date;
}

void Record::set_created(const DosTime& when) {
  created_time = when.time;
  created_date = when.date;
  created_tenths = when.tenths;
}

Record decode_record(std::span<const std::byte> slot, FatType type) {
  Record record;
  for (std::size_t i = 0; i < record.name.size(); ++i) record.name.at(i) = byte_at(slot, i);
  record.attributes = byte_at(slot, 11);
  record.case_bits = byte_at(slot, 12);
  record.created_tenths = byte_at(slot, 13);
  record.created_time = half_at(slot, 14);
  record.created_date = half_at(slot, 16);
  record.accessed_date = half_at(slot, 18);
  record.written_time = half_at(slot, 22);
  record.written_date = half_at(slot, 24);
  record.first_cluster = half_at(slot, 26);
  if (type == FatType::kFat32) record.first_cluster |= std::uint32_t{half_at(slot, 20)} << 16;
  record.size = read_le<std::uint32_t>(slot, 28).value_or(0);
  return record;
}

RawRecord encode_record(const Record& record) {
  RawRecord raw{};
  for (std::size_t i = 0; i < record.name.size(); ++i) put(raw, i, record.name.at(i));
  put(raw, 11, record.attributes);
  put(raw, 12, record.case_bits);
  put(raw, 13, record.created_tenths);
  put(raw, 14, record.created_time);
  put(raw, 16, record.created_date);
  put(raw, 18, record.accessed_date);
  put(raw, 20, static_cast<std::uint16_t>(record.first_cluster >> 16));
  put(raw, 22, record.written_time);
  put(raw, 24, record.written_date);
  put(raw, 26, static_cast<std::uint16_t>(record.first_cluster & 0xffff));
  put(raw, 28, record.size);
  return raw;
}

LongNamePart decode_long_name_part(std::span<const std::byte> slot) {
  LongNamePart part;
  const std::uint8_t first = byte_at(slot, 0);
  part.ordinal = first & static_cast<std::uint8_t>(~kLastPart);
  part.is_last = (first & kLastPart) != 0;
  part.checksum = byte_at(slot, 13);
  std::ranges::transform(kUnitOffsets, part.units.begin(),
                         [slot](std::size_t offset) { return static_cast<char16_t>(half_at(slot, offset)); });
  return part;
}

std::vector<RawRecord> encode_long_name(std::u16string_view name, std::uint8_t checksum) {
  const std::size_t count = (name.size() + kUnitsPerPart - 1) / kUnitsPerPart;
  std::vector<RawRecord> parts;
  for (std::size_t ordinal = count; ordinal >= 1; --ordinal) {
    RawRecord raw{};
    put(raw, 0, static_cast<std::uint8_t>(ordinal == count ? ordinal | kLastPart : ordinal));
    put(raw, 11, kLongNameAttributes);
    put(raw, 13, checksum);
    for (std::size_t i = 0; i < kUnitsPerPart; ++i) {
      const std::size_t at = (ordinal - 1) * kUnitsPerPart + i;
      const char16_t end = at == name.size() ? u'\0' : kPadding;  // one terminator, where there is room for it
      put(raw, kUnitOffsets.at(i), static_cast<std::uint16_t>(at < name.size() ? name[at] : end));
    }
    parts.push_back(raw);
  }
  return parts;
}

}  // namespace kraken::fat
