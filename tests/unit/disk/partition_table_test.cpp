#include "disk/partition_table.h"

#include <gtest/gtest.h>

#include "base/endian.h"
#include "support/partitioned_disk.h"

namespace kraken {
namespace {

using test::kDisk;
using test::kPiLayout;
using test::PartitionTableTest;
using test::put_entry;
using test::run;

TEST_F(PartitionTableTest, SpellsThePartuuid) {
  EXPECT_EQ(mbr_partuuid(0x0f1ee700, 2), "0f1ee700-02");
  EXPECT_EQ(mbr_partuuid(0x1, 10), "00000001-0a");
}

TEST_F(PartitionTableTest, ReadsAnMbr) {
  const auto table = read_partition_table(load(make(kPiLayout)));
  ASSERT_TRUE(table.ok()) << table.error().what();
  EXPECT_EQ(table->kind, TableKind::kMbr);
  EXPECT_EQ(table->disk_id, 0x0f1ee700U);
  ASSERT_EQ(table->partitions.size(), 2U);
  EXPECT_EQ(table->partitions[0].start, 2048U * 512);
  EXPECT_EQ(table->partitions[0].size, 16384U * 512);
  EXPECT_EQ(table->partitions[0].mbr_type, 0x0c);
  EXPECT_EQ(table->partitions[1].number, 2);
  EXPECT_EQ(table->partitions[1].mbr_type, 0x83);
  expect_as_sfdisk(*table);
}

TEST_F(PartitionTableTest, ReadsLogicalPartitionsAndGapsInTheNumbers) {
  const auto table = read_partition_table(load(
      make("label: "
           "dos\\n2048,2048,c\\nstart=8192,size=60000,type=5,\\n\\n70000,8192,83\\n10240,2048,83\\n16384,4096,82\\n")));
  ASSERT_TRUE(table.ok()) << table.error().what();
  std::vector<int> numbers;
  for (const auto& partition : table->partitions) numbers.push_back(partition.number);
  EXPECT_EQ(numbers, (std::vector<int>{1, 2, 3, 5, 6}));
  expect_as_sfdisk(*table);
}

TEST_F(PartitionTableTest, ReadsAChainOfLogicalPartitions) {
  const auto table = read_partition_table(
      load(make("label: dos\\n2048,2048,c\\nstart=8192,size=60000,type=f\\nstart=10240,size=2048,type=83\\n"
                "start=16384,size=4096,type=82\\nstart=30000,size=10,type=83\\n")));
  ASSERT_TRUE(table.ok()) << table.error().what();
  ASSERT_EQ(table->partitions.size(), 5U);
  EXPECT_EQ(table->partitions[1].mbr_type, 0x0f);
  EXPECT_FALSE(table->partitions[1].is_logical);
  EXPECT_TRUE(table->partitions[2].is_logical);
  EXPECT_EQ(table->partitions[2].number, 5);
  EXPECT_EQ(table->partitions[3].start, 16384U * 512);
  EXPECT_EQ(table->partitions[4].size, 10U * 512);
  expect_as_sfdisk(*table);
}

TEST_F(PartitionTableTest, ReadsAGpt) {
  const auto table = read_partition_table(load(make(
      "label: "
      "gpt\\n2048,16384,C12A7328-F81F-11D2-BA4B-00A0C93EC93B\\n18432,32768,0FC63DAF-8483-4772-8E79-3D69D8477DE4\\n")));
  ASSERT_TRUE(table.ok()) << table.error().what();
  EXPECT_EQ(table->kind, TableKind::kGpt);
  ASSERT_EQ(table->partitions.size(), 2U);
  EXPECT_EQ(table->partitions[0].gpt_type, "C12A7328-F81F-11D2-BA4B-00A0C93EC93B");
  EXPECT_EQ(table->partitions[1].end(), (18432U + 32768U) * 512);
  EXPECT_EQ(table->partitions[1].mbr_type, 0);
  expect_as_sfdisk(*table);
}

TEST_F(PartitionTableTest, ReadsAGptWhoseDiskHasGrown) {
  auto small = load(make("label: gpt\\n2048,16384,L\\n"));
  MemoryStore grown(kDisk + kMiB);
  ASSERT_TRUE(grown.write(0, small.bytes()).ok());
  EXPECT_EQ(read_partition_table(grown)->partitions.size(), 1U);
}

TEST_F(PartitionTableTest, SaysWhatIsWrongWithABrokenGpt) {
  const auto good = load(make("label: gpt\\n2048,16384,L\\n"));
  const auto broken = [&](Bytes offset) {
    MemoryStore disk(std::vector<std::byte>(good.bytes().begin(), good.bytes().end()));
    disk.bytes()[offset] ^= std::byte{0x40};
    return disk;
  };
  expect_error(broken(512), ErrorCode::kCorrupt, "protective MBR, but the GPT header in sector 1 is missing");
  expect_error(broken(512 + 16), ErrorCode::kCorrupt, "protective MBR, but the GPT behind it is damaged");
  expect_error(broken(1024), ErrorCode::kCorrupt, "protective MBR, but the GPT behind it is damaged");
  expect_error(broken(512 + 79), ErrorCode::kCorrupt, "has its entries outside the disk");
  MemoryStore over_the_header(std::vector<std::byte>(good.bytes().begin(), good.bytes().end()));
  over_the_header.bytes()[512 + 72] = std::byte{1};
  expect_error(over_the_header, ErrorCode::kCorrupt, "has its entries outside the disk");
  expect_error(broken(512 + 83), ErrorCode::kUnsupported, "a GPT of 128 GiB");
  expect_error(broken(510), ErrorCode::kCorrupt, "no protective MBR");
  MemoryStore cut(std::vector<std::byte>(good.bytes().begin(), good.bytes().begin() + kMiB));
  expect_error(cut, ErrorCode::kCorrupt, "damaged");
}

// UEFI specification 2.10, section 5.3.2: the checksum of the entries, then that of the header, taken with itself zero.
void sign_gpt(MemoryStore& disk) {
  const auto crc32 = [&](std::size_t offset, std::size_t length) {
    std::uint32_t crc = UINT32_MAX;
    for (const std::byte byte : disk.bytes().subspan(offset, length)) {
      crc ^= std::to_integer<std::uint32_t>(byte);
      for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb88320U : 0U);
    }
    return ~crc;
  };
  ASSERT_TRUE(write_le(disk.bytes(), 512 + 88, crc32(1024, 128 * 128)));
  ASSERT_TRUE(write_le(disk.bytes(), 512 + 16, std::uint32_t{0}));
  ASSERT_TRUE(write_le(disk.bytes(), 512 + 16, crc32(512, 92)));
}

// Checksums prove nothing about who made them.
TEST_F(PartitionTableTest, RefusesAGptWhosePartitionsCannotBe) {
  const auto with_last_sector = [&](std::uint64_t last) {
    auto disk = load(make("label: gpt\\n2048,1024,L\\n4096,1024,L\\n"));
    EXPECT_TRUE(write_le(disk.bytes(), 1024 + 40, last));
    sign_gpt(disk);
    return disk;
  };
  EXPECT_EQ(read_partition_table(with_last_sector(4095))->partitions[0].end(), Bytes{4096} * 512);
  expect_error(with_last_sector(4096), ErrorCode::kCorrupt, "overlaps partition 2");
  expect_error(with_last_sector(kDisk / 512), ErrorCode::kCorrupt, "past the disk's end");
}

TEST_F(PartitionTableTest, FindsNoneInABareFileSystem) {
  EXPECT_EQ(read_partition_table(MemoryStore(Bytes{0}))->kind, TableKind::kNone);
  EXPECT_EQ(read_partition_table(MemoryStore(Bytes{511}))->kind, TableKind::kNone);
  EXPECT_EQ(read_partition_table(MemoryStore(kMiB))->kind, TableKind::kNone);
  for (const std::string command : {"mkfs.fat -F 12 -C ", "mkfs.fat -F 16 -C ", "mkfs.fat -F 32 -C ",
                                    "mkfs.fat -S 2048 -C ", "mkfs.fat --mbr=yes -F 32 -C ", "mkfs.ext4 -q -F "}) {
    const std::string path = (folder_ / "bare.img").string();
    std::filesystem::remove(path);
    const std::string size = command.starts_with("mkfs.fat -F 12") ? " 4096" : " 65536";
    const auto made = run(command + path + size);
    ASSERT_EQ(made.status, 0) << made.output;
    const auto table = read_partition_table(load(path));
    ASSERT_TRUE(table.ok()) << command << table.error().what();
    EXPECT_EQ(table->kind, TableKind::kNone) << command;
    EXPECT_TRUE(table->partitions.empty());
  }
}

// Boot code of Windows' FAT32 sectors runs through the place of the entries.
TEST_F(PartitionTableTest, FindsNoneInAVolumeWithBootCodeWhereTheEntriesWouldBe) {
  const std::string path = (folder_ / "bare.img").string();
  ASSERT_EQ(run("mkfs.fat -F 32 -C " + path + " 65536").status, 0);
  auto disk = load(path);
  for (std::size_t i = 446; i < 510; ++i) disk.bytes()[i] = static_cast<std::byte>(i * 7 + 1);
  EXPECT_EQ(read_partition_table(disk)->kind, TableKind::kNone);
}

TEST_F(PartitionTableTest, FindsATableBehindABootSectorsParameters) {
  auto disk = load(make(kPiLayout));
  const std::string path = (folder_ / "bare.img").string();
  ASSERT_EQ(run("mkfs.fat -F 16 -C " + path + " 32768").status, 0);
  const auto volume = load(path);
  std::copy_n(volume.bytes().begin(), 90, disk.bytes().begin());
  EXPECT_EQ(read_partition_table(disk)->partitions.size(), 2U);
}

TEST_F(PartitionTableTest, ReadsAnEmptyTable) {
  const auto table = read_partition_table(load(make("label: dos\\nlabel-id: 0x12345678\\n")));
  ASSERT_TRUE(table.ok());
  EXPECT_EQ(table->kind, TableKind::kMbr);
  EXPECT_TRUE(table->partitions.empty());
}

TEST_F(PartitionTableTest, RefusesEntriesThatCannotBe) {
  const auto with = [](std::array<std::uint32_t, 3> first, std::array<std::uint32_t, 3> second) {
    MemoryStore disk(kMiB);
    put_entry(disk, 0, 0, first);
    put_entry(disk, 0, 1, second);
    return disk;
  };
  expect_error(with({0x83, 100, 1949}, {0, 0, 0}), ErrorCode::kCorrupt, "past the disk's end");
  expect_error(with({0x83, 0xffffffff, 0xffffffff}, {0, 0, 0}), ErrorCode::kCorrupt, "past the disk's end");
  expect_error(with({0x83, 0, 10}, {0, 0, 0}), ErrorCode::kCorrupt, "starts on the partition table");
  expect_error(with({0x83, 100, 100}, {0x83, 199, 10}), ErrorCode::kCorrupt, "overlaps partition 2");
  expect_error(with({0x83, 100, 100}, {0x83, 120, 10}), ErrorCode::kCorrupt, "overlaps partition 2");
  expect_error(with({0, 100, 100}, {0, 0, 0}), ErrorCode::kCorrupt, "no type");
  expect_error(with({5, 100, 0}, {0, 0, 0}), ErrorCode::kCorrupt, "without a size");
  expect_error(with({5, 100, 10}, {5, 200, 10}), ErrorCode::kCorrupt, "more than one extended");
  expect_error(with({0xEE, 1, 0}, {0, 0, 0}), ErrorCode::kCorrupt, "GPT header in sector 1 is missing");
  auto flagged = with({0x83, 100, 100}, {0, 0, 0});
  flagged.bytes()[446] = std::byte{0x7f};
  expect_error(flagged, ErrorCode::kCorrupt, "boot flag");
}

TEST_F(PartitionTableTest, TakesTheLastSectorOfADisk) {
  MemoryStore disk(kMiB);
  put_entry(disk, 0, 0, {0x83, 100, 1948});
  EXPECT_EQ(read_partition_table(disk)->partitions[0].end(), kMiB);
}

TEST_F(PartitionTableTest, RefusesHostileChains) {
  const auto chain = [](const std::vector<std::pair<Bytes, std::array<std::uint32_t, 3>>>& links) {
    MemoryStore disk(kMiB);
    put_entry(disk, 0, 0, {5, 100, 1000});
    for (const auto& [sector, entry] : links) put_entry(disk, sector, 1, entry);
    return disk;
  };
  expect_error(chain({}), ErrorCode::kCorrupt, "has no signature");
  expect_error(chain({{100, {5, 0, 10}}}), ErrorCode::kCorrupt, "loop");
  expect_error(chain({{100, {5, 50, 10}}, {150, {5, 20, 10}}, {120, {5, 50, 10}}}), ErrorCode::kCorrupt, "loop");
  expect_error(chain({{100, {5, 1000, 10}}}), ErrorCode::kCorrupt, "leaves the extended partition");
  expect_error(chain({{100, {5, 0xffffffff, 10}}}), ErrorCode::kCorrupt, "leaves the extended partition");
  expect_error(chain({{100, {0x83, 1, 1000}}}), ErrorCode::kCorrupt, "leaves the extended partition");
  expect_error(chain({{100, {0x83, 0, 10}}}), ErrorCode::kCorrupt, "leaves the extended partition");
  auto two = chain({{100, {0x83, 1, 10}}});
  put_entry(two, 100, 2, {0x83, 20, 10});
  expect_error(two, ErrorCode::kCorrupt, "more than one partition or link");
  std::vector<std::pair<Bytes, std::array<std::uint32_t, 3>>> many;
  for (std::uint32_t i = 0; i < 80; ++i) many.push_back({100 + 2 * i, {5, 2 * (i + 1), 2}});
  expect_error(chain(many), ErrorCode::kCorrupt, "more than 56");
}

}  // namespace
}  // namespace kraken
