// Units of storage. Bytes is an offset or a length in bytes; Lba is a logical block address, a count of sectors. The
// arithmetic here is checked: sizes come from disks that may lie.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace kraken {

using Bytes = std::uint64_t;

inline constexpr Bytes kKiB = 1024;
inline constexpr Bytes kMiB = 1024 * kKiB;
inline constexpr Bytes kGiB = 1024 * kMiB;

// Sector of the partition tables and FAT volumes handled here.
inline constexpr Bytes kSectorSize = 512;

struct Lba {
  std::uint64_t value = 0;
  friend bool operator==(Lba, Lba) = default;
  friend auto operator<=>(Lba, Lba) = default;
};

constexpr std::optional<Bytes> checked_add(Bytes a, Bytes b) {
  if (a > UINT64_MAX - b) return std::nullopt;
  return a + b;
}

constexpr std::optional<Bytes> checked_mul(Bytes a, Bytes b) {
  if (b != 0 && a > UINT64_MAX / b) return std::nullopt;
  return a * b;
}

constexpr std::optional<Bytes> to_bytes(Lba lba, Bytes sector_size = kSectorSize) {
  return checked_mul(lba.value, sector_size);
}

constexpr Bytes round_up(Bytes value, Bytes unit) {
  return (value + unit - 1) / unit * unit;
}
constexpr Bytes round_down(Bytes value, Bytes unit) {
  return value / unit * unit;
}

// "29.8 GiB", "512 KiB", "17 bytes": for people, with at most one decimal.
std::string human_bytes(Bytes size);

}  // namespace kraken
