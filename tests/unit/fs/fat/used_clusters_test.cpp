// A card full of noise that is given only the used clusters is as good as the volume, in the eyes of fsck.fat and
// mtools.
#include "fs/fat/used_clusters.h"

#include <gtest/gtest.h>

#include "block/memory.h"
#include "fs/fat/geometry.h"
#include "support/dirty_copy.h"
#include "support/fat_disk.h"
#include "support/sample_image.h"

namespace kraken {
namespace {

using test::FatDisk;

void fill(FatDisk& disk) {
  for (int i = 0; i < 12; ++i)
    disk.put("file" + std::to_string(i), std::string(static_cast<std::size_t>(i) * 7001, 'f'));
  disk.mtools("mmd ::/folder");
  disk.put("folder/a long name.txt", std::string(300000, 'l'));
  for (int i = 0; i < 12; i += 2) disk.mtools("mdel ::/file" + std::to_string(i));
}

class UsedClusters : public testing::TestWithParam<const char*> {};

TEST_P(UsedClusters, AreAllThatACardNeeds) {
  FatDisk disk(GetParam(), 40 * kMiB);
  fill(disk);
  const auto tree = disk.tree();
  ASSERT_EQ(disk.fsck().status, 0);
  const auto used = used_fat_clusters(disk.store());
  ASSERT_TRUE(used.ok()) << used.error().what();
  EXPECT_LT(test::total_of(*used), 2 * kMiB);
  test::write_bytes(disk.file(), test::dirty_copy(disk.store(), *used));
  const auto checked = disk.fsck();
  EXPECT_EQ(checked.status, 0) << checked.output;
  EXPECT_EQ(disk.tree(), tree);
}

INSTANTIATE_TEST_SUITE_P(Volumes, UsedClusters,
                         testing::Values("-F 32 -s 1", "-F 16", "-F 16 -s 8", "-F 32 -s 1 -f 1"));

TEST(UsedClustersOfDamage, AreNotGivenWhenAChainRunsIntoAFreeCluster) {
  FatDisk disk("-F 32 -s 1", 40 * kMiB);
  disk.put("file", std::string(20000, 'f'));
  const auto geometry = fat::read_geometry(disk.store());
  ASSERT_TRUE(geometry.ok());
  const std::array<std::byte, 4> free{};
  for (const Bytes copy : {Bytes{0}, geometry->fat_stride}) {
    ASSERT_TRUE(disk.store().write(geometry->fat_offset + copy + Bytes{10} * 4, free).ok());
  }
  EXPECT_EQ(used_fat_clusters(disk.store()).error().code(), ErrorCode::kCorrupt);
}

TEST(UsedClustersOfDamage, AreNotGivenWhenTheTablesDiffer) {
  FatDisk disk("-F 32 -s 1", 40 * kMiB);
  const auto geometry = fat::read_geometry(disk.store());
  const std::array<std::byte, 4> end{std::byte{0xff}, std::byte{0xff}, std::byte{0xff}, std::byte{0x0f}};
  ASSERT_TRUE(disk.store().write(geometry->fat_offset + geometry->fat_stride + Bytes{5000} * 4, end).ok());
  EXPECT_EQ(used_fat_clusters(disk.store()).error().code(), ErrorCode::kCorrupt);
  EXPECT_EQ(used_fat_clusters(MemoryStore(4 * kMiB)).error().code(), ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace kraken
