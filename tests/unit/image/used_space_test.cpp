#include "image/used_space.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "support/dirty_copy.h"
#include "support/partitioned_disk.h"
#include "support/sparse_memory.h"

namespace kraken {
namespace {

using test::kPiLayout;
using test::run;

class UsedSpaceTest : public test::PartitionTableTest {
 protected:
  // Puts a file system into a partition that starts and ends on a MiB.
  void put(const std::string& disk, Bytes start, Bytes size, const std::string& make) {
    const std::string part = (folder_ / "part").string();
    const std::string at = std::to_string(start / kMiB);
    const auto made =
        run("rm -f " + part + " && truncate -s " + std::to_string(size) + " " + part + " && " + make + " " + part +
            " && dd bs=1M conv=notrunc,sparse status=none if=" + part + " of=" + disk + " seek=" + at);
    ASSERT_EQ(made.status, 0) << made.output;
  }

  static bool covers(const UsedSpace& used, Bytes offset, Bytes length) {
    return std::ranges::any_of(
        used.extents, [&](const Extent& extent) { return extent.offset <= offset && extent.end() >= offset + length; });
  }

  UsedSpace find(const std::string& disk) {
    const auto file = FileSource::open(disk);
    EXPECT_TRUE(file.ok());
    auto used = find_used_space(**file);
    EXPECT_TRUE(used.ok());
    Bytes end = 0;
    for (const Extent& extent : used->extents) {
      EXPECT_TRUE(extent.offset == 0 || extent.offset >= end + 32 * kKiB) << extent.offset;
      EXPECT_EQ(extent.offset % 4096, 0U);
      EXPECT_GT(extent.length, 0U);
      end = extent.end();
    }
    return std::move(*used);
  }
};

// 40 MiB: FAT at 1 to 9 MiB, ext4 at 9 to 25 MiB, nothing behind.
TEST_F(UsedSpaceTest, LeavesOutWhatTwoFileSystemsCallFree) {
  const auto disk = make(kPiLayout);
  put(disk, kMiB, 8 * kMiB, "mkfs.fat -F 16 -s 1 >/dev/null");
  put(disk, 9 * kMiB, 16 * kMiB, "mke2fs -q -t ext4 -F");
  const auto used = find(disk);
  EXPECT_TRUE(used.whole.empty());
  EXPECT_TRUE(covers(used, 0, 2 * kMiB)) << "table, gap, and the first MiB of the first partition";
  EXPECT_TRUE(covers(used, 8 * kMiB, 2 * kMiB)) << "the marks at the end of one partition and the start of the next";
  EXPECT_TRUE(covers(used, 24 * kMiB, kMiB));
  EXPECT_TRUE(covers(used, 39 * kMiB, kMiB));
  EXPECT_FALSE(covers(used, 6 * kMiB, 4096));
  EXPECT_FALSE(covers(used, 30 * kMiB, 4096));
  EXPECT_LT(test::total_of(used.extents), 14 * kMiB);
}

TEST_F(UsedSpaceTest, TakesAPartitionThatIsNotUnderstoodWhole) {
  const auto disk = make(kPiLayout);
  put(disk, kMiB, 8 * kMiB, "mkswap -q");
  put(disk, 9 * kMiB, 16 * kMiB, "mke2fs -q -t ext4 -F");
  auto used = find(disk);
  EXPECT_TRUE(covers(used, kMiB, 8 * kMiB));
  ASSERT_EQ(used.whole.size(), 1U);
  EXPECT_TRUE(used.whole[0].starts_with("partition 1: ")) << used.whole[0];

  ASSERT_EQ(
      run("debugfs -w -R 'set_super_value state 2' '" + disk + "?offset=" + std::to_string(9 * kMiB) + "'").status, 0);
  used = find(disk);
  EXPECT_TRUE(covers(used, kMiB, 24 * kMiB));
  EXPECT_EQ(used.whole.size(), 2U);
}

TEST_F(UsedSpaceTest, TakesAllOfAnImageWithoutATable) {
  const test::SparseMemory nothing(5 * kMiB + 512);
  const auto used = find_used_space(nothing);
  ASSERT_TRUE(used.ok());
  ASSERT_EQ(used->extents.size(), 1U);
  EXPECT_EQ(used->extents[0], (Extent{0, 5 * kMiB + 512, false}));
  EXPECT_EQ(used->whole.size(), 1U);
}

// The tables of logical partitions lie between them, and what nobody knows of may lie behind the last one.
TEST_F(UsedSpaceTest, KeepsWhatLiesBetweenPartitionsAndBehindThem) {
  const auto disk = make("label: dos\\n2048,8192,83\\n10240,40960,5\\n12288,8192,83\\n26624,8192,83\\n");
  const auto file = FileSource::open(disk);
  for (const Bytes mib : {1, 6, 13}) put(disk, mib * kMiB, 4 * kMiB, "mke2fs -q -t ext2 -F");
  ASSERT_EQ(
      run("printf hidden | dd conv=notrunc status=none of=" + disk + " bs=1 seek=" + std::to_string(30 * kMiB)).status,
      0);
  const auto used = find(disk);
  EXPECT_TRUE(used.whole.empty()) << used.whole[0];
  EXPECT_TRUE(covers(used, 5 * kMiB, kMiB)) << "the first logical partition's table";
  EXPECT_TRUE(covers(used, 10 * kMiB, 3 * kMiB)) << "the second one's";
  EXPECT_TRUE(covers(used, 30 * kMiB, 6));
  EXPECT_FALSE(covers(used, 35 * kMiB, 4096));
  const auto card = test::dirty_copy(**file, used.extents);
  const auto table = read_partition_table(MemoryStore(card));
  ASSERT_TRUE(table.ok()) << table.error().what();
  EXPECT_EQ(table->partitions.size(), 4U);
}

// A base that was grown to its card: the file system is smaller than its partition until the node's first boot.
TEST_F(UsedSpaceTest, KeepsTheMarksAtTheEndOfAPartitionThatWasGrown) {
  const auto disk = make("label: dos\\n2048,,83\\n");
  put(disk, kMiB, 16 * kMiB, "mke2fs -q -t ext4 -F");
  const auto used = find(disk);
  EXPECT_TRUE(covers(used, 39 * kMiB, kMiB));
  EXPECT_FALSE(covers(used, 20 * kMiB, 4096));
}

}  // namespace
}  // namespace kraken
