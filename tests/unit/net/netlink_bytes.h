// Netlink put together by hand, right or wrong: what the code under test builds does not vouch for what it reads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/text.h"

namespace kraken::test {

using Bytes = std::vector<std::byte>;

inline Bytes operator+(Bytes left, const Bytes& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

// In the machine's byte order.
template <typename T>
Bytes number(T value) {
  const auto bytes = std::as_bytes(std::span(&value, 1));
  return {bytes.begin(), bytes.end()};
}
inline Bytes u8(unsigned value) {
  return number(static_cast<std::uint8_t>(value));
}
inline Bytes u16(unsigned value) {
  return number(static_cast<std::uint16_t>(value));
}
inline Bytes u32(std::uint32_t value) {
  return number(value);
}
// As they are written in order, so in the network's.
inline Bytes raw(std::initializer_list<unsigned> values) {
  Bytes bytes;
  for (const unsigned value : values) bytes = bytes + u8(value);
  return bytes;
}
inline Bytes text(std::string_view chars) {
  const auto bytes = as_bytes(chars);
  return {bytes.begin(), bytes.end()};
}
inline Bytes padded(Bytes bytes) {
  while (bytes.size() % 4 != 0) bytes.push_back(std::byte{0});
  return bytes;
}

inline Bytes attribute(unsigned type, const Bytes& value) {
  return padded(u16(static_cast<unsigned>(value.size() + 4)) + u16(type) + value);
}
inline Bytes message(unsigned type, unsigned flags, std::uint32_t sequence, const Bytes& payload) {
  const auto length = static_cast<std::uint32_t>(payload.size() + 16);
  return padded(u32(length) + u16(type) + u16(flags) + u32(sequence) + u32(0) + payload);
}

// `bytes` up to every length that is shorter.
template <typename Check>
void for_every_cut(const Bytes& bytes, const Check& check) {
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    // A copy of just that size, so that the sanitizer sees who reads past it.
    const Bytes cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    check(cut);
  }
}

}  // namespace kraken::test
