#include "block/window.h"

#include <gtest/gtest.h>

#include <vector>

#include "block/memory.h"
#include "support/sparse_memory.h"

namespace kraken {
namespace {

std::vector<std::byte> filled(std::size_t size, int value) {
  return std::vector<std::byte>(size, static_cast<std::byte>(value));
}

TEST(Window, ShowsItsSliceAlone) {
  const MemoryStore disk("0123456789");
  const auto window = SourceWindow::open(disk, 3, 4);
  ASSERT_TRUE(window.ok());
  EXPECT_EQ(window->size(), 4U);
  std::vector<std::byte> out(4);
  ASSERT_TRUE(window->read(0, out).ok());
  EXPECT_EQ(out, (std::vector<std::byte>{std::byte{'3'}, std::byte{'4'}, std::byte{'5'}, std::byte{'6'}}));
}

TEST(Window, OpensOnNothingPastTheEnd) {
  MemoryStore disk(Bytes{100});
  EXPECT_TRUE(SourceWindow::open(disk, 60, 40).ok());
  EXPECT_EQ(SourceWindow::open(disk, 60, 41).error().code(), ErrorCode::kCorrupt);
  EXPECT_EQ(SourceWindow::open(disk, UINT64_MAX, 2).error().code(), ErrorCode::kCorrupt);
  EXPECT_EQ(StoreWindow::open(disk, 60, 41).error().code(), ErrorCode::kCorrupt);
}

// What a damaged file system asks for past its partition must not come from, or go to, the partition behind.
TEST(Window, NeitherReadsNorWritesItsNeighbours) {
  MemoryStore disk(filled(100, 7));
  auto window = StoreWindow::open(disk, 20, 30);
  ASSERT_TRUE(window.ok());
  std::vector<std::byte> out(2);
  EXPECT_TRUE(window->read(28, out).ok());
  EXPECT_EQ(window->read(29, out).error().code(), ErrorCode::kCorrupt);
  EXPECT_EQ(window->read(UINT64_MAX - 10, out).error().code(), ErrorCode::kCorrupt);
  EXPECT_EQ(window->write(29, filled(2, 1)).error().code(), ErrorCode::kCorrupt);
  EXPECT_EQ(window->write(UINT64_MAX - 10, filled(2, 1)).error().code(), ErrorCode::kCorrupt);
  EXPECT_EQ(std::vector(disk.bytes().begin(), disk.bytes().end()), filled(100, 7));
  ASSERT_TRUE(window->write(28, filled(2, 1)).ok());
  EXPECT_EQ(disk.bytes()[47], std::byte{7});
  EXPECT_EQ(disk.bytes()[48], std::byte{1});
  EXPECT_EQ(disk.bytes()[49], std::byte{1});
  EXPECT_EQ(disk.bytes()[50], std::byte{7});
}

TEST(Window, EndsItsExtentsWithTheSlice) {
  test::SparseMemory disk(Bytes{10 * 4096});
  ASSERT_TRUE(disk.write(Bytes{4 * 4096}, filled(1, 1)).ok());
  const auto window = SourceWindow::open(disk, Bytes{2 * 4096}, Bytes{4 * 4096});
  ASSERT_TRUE(window.ok());
  EXPECT_EQ(*window->extent_at(0), (Extent{0, 2 * 4096, true}));
  EXPECT_EQ(*window->extent_at(2 * 4096), (Extent{2 * 4096, 4096, false}));
  EXPECT_EQ(*window->extent_at(3 * 4096), (Extent{3 * 4096, 4096, true}));
  EXPECT_FALSE(window->extent_at(4 * 4096).ok());
}

}  // namespace
}  // namespace kraken
