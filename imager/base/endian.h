// Checked little-endian access to bytes that came from a disk. No struct is ever laid over them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>

namespace kraken {

// The unsigned integer at `offset`, or nothing when it does not lie wholly inside `bytes`.
template <typename T>
std::optional<T> read_le(std::span<const std::byte> bytes, std::size_t offset) {
  static_assert(std::is_unsigned_v<T>);
  if (offset > bytes.size() || bytes.size() - offset < sizeof(T)) return std::nullopt;
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) value |= std::to_integer<std::uint64_t>(bytes[offset + i]) << (8 * i);
  return static_cast<T>(value);
}

// False, and nothing changed, when the integer would not lie wholly inside `bytes`.
template <typename T>
[[nodiscard]] bool write_le(std::span<std::byte> bytes, std::size_t offset, T value) {
  static_assert(std::is_unsigned_v<T>);
  if (offset > bytes.size() || bytes.size() - offset < sizeof(T)) return false;
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    bytes[offset + i] = static_cast<std::byte>((static_cast<std::uint64_t>(value) >> (8 * i)) & 0xff);
  }
  return true;
}

}  // namespace kraken
