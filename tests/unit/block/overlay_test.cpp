#include "block/overlay.h"

#include <gtest/gtest.h>

#include <random>

#include "block/memory.h"
#include "support/sparse_memory.h"

namespace kraken {
namespace {

std::vector<std::byte> pattern(std::size_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<std::byte> bytes(size);
  for (auto& b : bytes) b = static_cast<std::byte>(random() & 0xff);
  return bytes;
}

TEST(Overlay, ReadsTheBaseAndZerosPastIt) {
  const auto base = std::make_shared<MemoryStore>(pattern(5000, 1));
  auto overlay = Overlay::open(base, 20000);
  ASSERT_TRUE(overlay.ok());
  std::vector<std::byte> got(20000, std::byte{1});
  ASSERT_TRUE((*overlay)->read(0, got).ok());
  EXPECT_TRUE(std::equal(base->bytes().begin(), base->bytes().end(), got.begin()));
  EXPECT_TRUE(std::all_of(got.begin() + 5000, got.end(), [](std::byte b) { return b == std::byte{0}; }));
}

TEST(Overlay, RefusesToShrinkTheBase) {
  EXPECT_EQ(Overlay::open(std::make_shared<MemoryStore>(Bytes{100}), 99).error().code(), ErrorCode::kInvalidArgument);
}

// Random writes and reads against a plain array; the base must stay as it was.
TEST(Overlay, BehavesLikeAnArray) {
  const auto original = pattern(30001, 2);
  const auto base = std::make_shared<MemoryStore>(original);
  constexpr std::size_t kSize = 50017;
  auto overlay = Overlay::open(base, kSize);
  ASSERT_TRUE(overlay.ok());
  std::vector<std::byte> model = original;
  model.resize(kSize);
  std::mt19937 random(3);
  for (unsigned round = 0; round < 500; ++round) {
    const std::size_t offset = random() % kSize;
    const std::size_t length = random() % std::min<std::size_t>(kSize - offset + 1, 9000);
    if (round % 2 == 0) {
      const auto data = pattern(length, round);
      ASSERT_TRUE((*overlay)->write(offset, data).ok());
      std::copy(data.begin(), data.end(), model.begin() + static_cast<std::ptrdiff_t>(offset));
    }
    std::vector<std::byte> got(kSize);
    ASSERT_TRUE((*overlay)->read(0, got).ok());
    ASSERT_EQ(got, model) << "round " << round;
  }
  EXPECT_TRUE(std::equal(original.begin(), original.end(), base->bytes().begin()));
}

TEST(Overlay, KnowsItsHoles) {
  auto overlay = Overlay::open(std::make_shared<MemoryStore>(Bytes{4096}), 40960);
  ASSERT_TRUE(overlay.ok());
  ASSERT_TRUE((*overlay)->write(20480, pattern(10, 4)).ok());
  EXPECT_EQ(*(*overlay)->extent_at(0), (Extent{0, 4096, false}));
  EXPECT_EQ(*(*overlay)->extent_at(5000), (Extent{5000, 15480, true}));
  EXPECT_EQ(*(*overlay)->extent_at(20480), (Extent{20480, 4096, false}));
  EXPECT_EQ(*(*overlay)->extent_at(24576), (Extent{24576, 16384, true}));
  EXPECT_FALSE((*overlay)->extent_at(40960).ok());
}

// A hole that reached over a changed block would keep the change out of an image file.
TEST(Overlay, EndsTheHolesOfItsBaseAtAChange) {
  const auto base = std::make_shared<test::SparseMemory>(Bytes{10 * 4096});
  ASSERT_TRUE(base->write(Bytes{6 * 4096}, pattern(1, 6)).ok());
  auto overlay = Overlay::open(base, Bytes{20 * 4096});
  ASSERT_TRUE(overlay.ok());
  EXPECT_EQ(*(*overlay)->extent_at(0), (Extent{0, 6 * 4096, true}));
  ASSERT_TRUE((*overlay)->write(Bytes{2 * 4096}, pattern(1, 7)).ok());
  EXPECT_EQ(*(*overlay)->extent_at(0), (Extent{0, 2 * 4096, true}));
  EXPECT_EQ(*(*overlay)->extent_at(2 * 4096), (Extent{2 * 4096, 4096, false}));
  EXPECT_EQ(*(*overlay)->extent_at(3 * 4096), (Extent{3 * 4096, 3 * 4096, true}));
  EXPECT_EQ(*(*overlay)->extent_at(6 * 4096), (Extent{6 * 4096, 4096, false}));
}

TEST(Overlay, RefusesWhatPassesItsEnd) {
  auto overlay = Overlay::open(std::make_shared<MemoryStore>(Bytes{4096}), 8192);
  ASSERT_TRUE(overlay.ok());
  EXPECT_EQ((*overlay)->write(8190, pattern(3, 5)).error().code(), ErrorCode::kCorrupt);
  std::vector<std::byte> out(3);
  EXPECT_EQ((*overlay)->read(UINT64_MAX - 1, out).error().code(), ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace kraken
