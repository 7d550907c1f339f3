// Small card images in memory, and cards of an earlier life to write them to.
#pragma once

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "base/bytes.h"
#include "support/sparse_memory.h"

namespace kraken::test {

inline constexpr Bytes kImageSize = 5 * kMiB + 512;
inline constexpr std::byte kOld{0xA5};

inline std::vector<std::byte> random_bytes(std::size_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<std::byte> bytes(size);
  for (auto& b : bytes) b = static_cast<std::byte>(random() & 0xff);
  return bytes;
}

// An image with a boot block, data, written zeros (in the second MiB) and holes.
inline SparseMemory small_image() {
  SparseMemory image(kImageSize);
  auto head = random_bytes(512, 1);
  head[510] = std::byte{0x55};
  head[511] = std::byte{0xAA};
  EXPECT_TRUE(image.write(0, head).ok());
  EXPECT_TRUE(image.write(8192, random_bytes(10000, 2)).ok());
  EXPECT_TRUE(image.write(kMiB, std::vector<std::byte>(kMiB)).ok());
  EXPECT_TRUE(image.write(3 * kMiB - 5000, random_bytes(9000, 3)).ok());
  EXPECT_TRUE(image.write(kImageSize - 100, random_bytes(100, 4)).ok());
  return image;
}

inline std::vector<std::byte> content_of(const BlockSource& image) {
  std::vector<std::byte> bytes(image.size());
  EXPECT_TRUE(image.read(0, bytes).ok());
  return bytes;
}

inline std::vector<std::byte> dirty_card(Bytes size) {
  return std::vector<std::byte>(size, kOld);
}

// Whether it begins with the image.
inline bool holds(const std::vector<std::byte>& card, const std::vector<std::byte>& image) {
  return card.size() >= image.size() && is_same(std::span(card).first(image.size()), image);
}

inline bool is_bootable(const std::vector<std::byte>& card) {
  return card[510] == std::byte{0x55} && card[511] == std::byte{0xAA};
}

// A card of an earlier life: it boots something else.
inline std::vector<std::byte> bootable_card(Bytes size) {
  auto card = dirty_card(size);
  card[510] = std::byte{0x55};
  card[511] = std::byte{0xAA};
  return card;
}

inline constexpr Bytes kLongImage = 18 * kMiB + 4096;

inline SparseMemory long_image() {
  SparseMemory image(kLongImage);
  auto head = random_bytes(512, 1);
  head[510] = std::byte{0x55};
  head[511] = std::byte{0xAA};
  EXPECT_TRUE(image.write(0, head).ok());
  for (Bytes at = 8192; at < kLongImage; at += 700 * kKiB) {
    EXPECT_TRUE(image.write(at, random_bytes(5000, static_cast<unsigned>(at))).ok());
  }
  return image;
}

}  // namespace kraken::test
