// What a card of an earlier life is after only some extents of an image were written to it.
#pragma once

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "block/block_source.h"

namespace kraken::test {

inline std::vector<std::byte> noise(std::size_t size, unsigned seed = 7) {
  std::mt19937_64 random(seed);
  std::vector<std::byte> bytes(size);
  for (std::size_t i = 0; i < size; i += sizeof(std::uint64_t)) {
    const std::uint64_t value = random();
    for (std::size_t j = 0; j < sizeof(value) && i + j < size; ++j)
      bytes[i + j] = static_cast<std::byte>(value >> 8 * j);
  }
  return bytes;
}

inline std::vector<std::byte> dirty_copy(const BlockSource& image, const std::vector<Extent>& extents) {
  std::vector<std::byte> card = noise(image.size());
  Bytes end = 0;
  for (const Extent& extent : extents) {
    EXPECT_GE(extent.offset, end);
    EXPECT_GT(extent.length, 0U);
    EXPECT_LE(extent.end(), image.size());
    end = extent.end();
    EXPECT_TRUE(image.read(extent.offset, std::span(card).subspan(extent.offset, extent.length)).ok());
  }
  return card;
}

inline Bytes total_of(const std::vector<Extent>& extents) {
  Bytes total = 0;
  for (const Extent& extent : extents) total += extent.length;
  return total;
}

}  // namespace kraken::test
