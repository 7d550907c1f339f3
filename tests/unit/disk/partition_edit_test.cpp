#include <gtest/gtest.h>

#include "disk/partition_table.h"
#include "support/partitioned_disk.h"
#include "support/sparse_memory.h"

namespace kraken {
namespace {

using test::kDisk;
using test::kPiLayout;
using test::put_entry;
using test::run;

class PartitionEditTest : public test::PartitionTableTest {};

TEST_F(PartitionEditTest, EditsOnlyTheIdAndTheEntry) {
  auto disk = load(make(std::string(kPiLayout)));
  for (std::size_t i = 0; i < 440; ++i) disk.bytes()[i] = static_cast<std::byte>(i);  // boot code
  for (std::size_t i = 512; i < kMiB; ++i) disk.bytes()[i] = std::byte{0x5A};
  MemoryStore before(std::vector<std::byte>(disk.bytes().begin(), disk.bytes().end()));
  const Bytes size = kDisk - Bytes{18432} * 512;
  ASSERT_TRUE(edit_partition_table(disk, {0xdeadbeef, TableEdit::Resize{2, size}}).ok());
  for (const std::size_t at : differences(before, disk)) {
    EXPECT_TRUE((at >= 440 && at < 444) || (at >= 462 && at < 478)) << at;
  }
  const auto table = read_partition_table(disk);
  EXPECT_EQ(table->disk_id, 0xdeadbeefU);
  EXPECT_EQ(table->partitions[0].size, 16384U * 512);
  EXPECT_EQ(table->partitions[1].start, 18432U * 512);
  EXPECT_EQ(table->partitions[1].end(), kDisk);
  const auto verified = run("sfdisk --verify " + save(disk));
  EXPECT_EQ(verified.status, 0) << verified.output;
  EXPECT_EQ(verified.output.find("overlap"), std::string::npos) << verified.output;
  const auto dump = run("sfdisk -d " + save(disk));
  EXPECT_NE(dump.output.find("label-id: 0xdeadbeef"), std::string::npos) << dump.output;
}

// The addresses of cylinders, heads and sectors too.
TEST_F(PartitionEditTest, WritesTheSameEntryAsSfdisk) {
  for (const Bytes sectors : {Bytes{1}, Bytes{32769}, Bytes{40000}, Bytes{63488}}) {
    const std::string path = make(kPiLayout);
    auto ours = load(path);
    ASSERT_TRUE(edit_partition_table(ours, {0x01020304, TableEdit::Resize{2, sectors * 512}}).ok());
    const auto resized = run("echo ', " + std::to_string(sectors) + "' | sfdisk -q --no-reread -N 2 " + path +
                             " && sfdisk --disk-id " + path + " 0x01020304");
    ASSERT_EQ(resized.status, 0) << resized.output;
    EXPECT_EQ(differences(ours, load(path)), std::vector<std::size_t>{}) << sectors;
  }
}

TEST_F(PartitionEditTest, GrowsAcrossManyGigabytes) {
  test::SparseMemory disk(32 * kGiB);
  const auto small = load(make(kPiLayout));
  ASSERT_TRUE(disk.write(0, small.bytes().first(512)).ok());
  const Bytes size = 32 * kGiB - Bytes{18432} * 512;
  ASSERT_TRUE(edit_partition_table(disk, {{}, TableEdit::Resize{2, size}}).ok());
  EXPECT_EQ(read_partition_table(disk)->partitions[1].end(), 32 * kGiB);
  EXPECT_EQ(read_partition_table(disk)->disk_id, 0x0f1ee700U);
}

TEST_F(PartitionEditTest, RefusesSizesThatCannotBeAndChangesNothing) {
  auto disk = load(make(kPiLayout));
  const auto before = std::vector<std::byte>(disk.bytes().begin(), disk.bytes().end());
  const auto code = [&](int number, Bytes size) {
    return edit_partition_table(disk, {0x11111111, TableEdit::Resize{number, size}}).error().code();
  };
  EXPECT_EQ(code(1, Bytes{16385} * 512), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code(2, kDisk), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code(2, kDisk - Bytes{18432} * 512 + 512), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code(2, UINT64_MAX / 512 * 512), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code(2, 0), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code(2, 1000), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code(3, 512), ErrorCode::kNotFound);
  EXPECT_EQ(code(0, 512), ErrorCode::kNotFound);
  EXPECT_EQ(code(-1, 512), ErrorCode::kNotFound);
  EXPECT_TRUE(std::equal(before.begin(), before.end(), disk.bytes().begin()));
}

TEST_F(PartitionEditTest, RefusesMoreThanThirtyTwoBitsOfSectors) {
  test::SparseMemory disk(3072 * kGiB);
  put_entry(disk, 0, 0, {0x83, 2048, 2048});
  const Bytes limit = (Bytes{1} << 32) * 512;
  EXPECT_EQ(edit_partition_table(disk, {{}, TableEdit::Resize{1, limit}}).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_TRUE(edit_partition_table(disk, {{}, TableEdit::Resize{1, limit - Bytes{2048} * 512}}).ok());
  EXPECT_EQ(read_partition_table(disk)->partitions[0].end(), limit);
}

TEST_F(PartitionEditTest, EditsNoGptAndNoVolume) {
  auto gpt = load(make("label: gpt\\n2048,16384,L\\n"));
  EXPECT_EQ(edit_partition_table(gpt, {1, {}}).error().code(), ErrorCode::kUnsupported);
  MemoryStore empty(kMiB);
  EXPECT_EQ(edit_partition_table(empty, {1, {}}).error().code(), ErrorCode::kUnsupported);
}

TEST_F(PartitionEditTest, ResizesNoPartitionOfAnExtendedOne) {
  auto disk = load(make("label: dos\\nstart=8192,size=60000,type=f\\nstart=10240,size=2048,type=83\\n"));
  EXPECT_EQ(edit_partition_table(disk, {{}, TableEdit::Resize{5, 512}}).error().code(), ErrorCode::kUnsupported);
  EXPECT_EQ(edit_partition_table(disk, {{}, TableEdit::Resize{1, 512}}).error().code(), ErrorCode::kUnsupported);
  EXPECT_TRUE(edit_partition_table(disk, {7, {}}).ok());
  EXPECT_EQ(read_partition_table(disk)->partitions.size(), 2U);
}

}  // namespace
}  // namespace kraken
