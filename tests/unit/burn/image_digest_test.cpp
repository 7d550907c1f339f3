#include "burn/image_digest.h"

#include <gtest/gtest.h>

#include <array>

#include "block/memory.h"
#include "burn/write_map.h"
#include "support/sparse_memory.h"

namespace kraken {
namespace {

TEST(ImageDigest, CutsAnImageWithoutGapsOrOverlaps) {
  for (const Bytes size :
       {Bytes{0}, Bytes{1}, Bytes{512}, 4 * kKiB, 4 * kKiB + 1, kMiB - 1, kMiB, kMiB + 1, 7 * kMiB}) {
    Bytes end = 0;
    for (std::size_t i = 0; i < unit_count(size); ++i) {
      const Unit unit = unit_at(i, size);
      EXPECT_EQ(unit.offset, end);
      EXPECT_GT(unit.length, 0U);
      EXPECT_LE(unit.length, kUnitSize);
      end = unit.end();
    }
    EXPECT_EQ(end, size);
  }
}

TEST(ImageDigest, SeesEveryByteThatIsNotZero) {
  std::vector<std::byte> bytes(5000);
  EXPECT_TRUE(is_zero(bytes));
  EXPECT_TRUE(is_zero({}));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = std::byte{0x80};
    EXPECT_FALSE(is_zero(bytes)) << i;
    bytes[i] = std::byte{0};
  }
}

// The definition in the header, followed by hand.
TEST(ImageDigest, IsWhatItsDefinitionSays) {
  const std::vector<std::byte> second(kMiB - 4096, std::byte{7});
  const std::vector<UnitDigest> units{std::nullopt, unit_digest(second), std::nullopt};
  Sha256 hash;
  const std::array<std::byte, 8> size{std::byte{0}, std::byte{0}, std::byte{0x20}};
  const std::array<std::byte, 8> offset{std::byte{0}, std::byte{0x10}};
  hash.update(size);
  hash.update(offset);
  hash.update(sha256(second));
  EXPECT_EQ(image_digest(2 * kMiB, units), hash.finish());
}

TEST(WriteMap, ListsDataOrAll) {
  test::SparseMemory image(100000);
  ASSERT_TRUE(image.write(4096, std::vector<std::byte>(8192)).ok());
  ASSERT_TRUE(image.write(50000, std::vector<std::byte>(1)).ok());
  const auto data = WriteMap::of(image, UnwrittenBytes::kZeros);
  EXPECT_EQ(data->extents(), (std::vector<Extent>{{4096, 8192, false}, {49152, 4096, false}}));
  EXPECT_EQ(data->mapped_bytes(), 12288U);
  EXPECT_EQ(data->within(5000, 100), (std::vector<Extent>{{5000, 100, false}}));
  EXPECT_EQ(data->within(0, 100000), data->extents());
  EXPECT_TRUE(data->within(12288, 100).empty());
  EXPECT_EQ(data->within(12287, 40000), (std::vector<Extent>{{12287, 1, false}, {49152, 3135, false}}));
  const auto all = WriteMap::of(image, UnwrittenBytes::kOldData);
  EXPECT_EQ(all->extents(), (std::vector<Extent>{{0, 100000, false}}));
}

// A source that would have the map go round for ever.
class BrokenSource : public MemoryStore {
 public:
  using MemoryStore::MemoryStore;
  Result<Extent> extent_at(Bytes offset) const override { return Extent{offset, 0, false}; }
};

TEST(WriteMap, RefusesASourceWithEmptyExtents) {
  EXPECT_EQ(WriteMap::of(BrokenSource(Bytes{10}), UnwrittenBytes::kZeros).error().code(), ErrorCode::kInternal);
}

}  // namespace
}  // namespace kraken
