// Full volumes, full folders, FSInfo that lies, and how much is read: an edit either fits or leaves all as it was.
#include <gtest/gtest.h>

#include <chrono>

#include "base/endian.h"
#include "block/memory.h"
#include "fs/fat/fat_editor.h"
#include "support/fat_disk.h"

namespace kraken {
namespace {

using test::FatDisk;

constexpr std::int64_t kClock = 1732320000;
constexpr Bytes kFsInfo = 512;

void expect_clean(FatDisk& disk, FsEditor& fat) {
  ASSERT_TRUE(fat.close().ok());
  disk.save();
  const test::Ran ran = disk.fsck();
  EXPECT_EQ(ran.status, 0) << ran.output;
}

// Counts what is read, and fails reads from a given offset on.
class WatchedSource : public BlockSource {
 public:
  WatchedSource(Bytes size, Bytes fails_at) : size_(size), fails_at_(fails_at) {}
  Bytes size() const override { return size_; }
  Status read(Bytes offset, std::span<std::byte> out) const override {
    largest = std::max<Bytes>(largest, out.size());
    if (offset + out.size() > fails_at_) return Error(ErrorCode::kIo, "the disk is gone");
    std::ranges::fill(out, std::byte{'w'});
    return ok_status();
  }
  mutable Bytes largest = 0;

 private:
  Bytes size_;
  Bytes fails_at_;
};

class CountingStore : public BlockStore {
 public:
  explicit CountingStore(BlockStore& below) : below_(&below) {}
  Bytes size() const override { return below_->size(); }
  Status read(Bytes offset, std::span<std::byte> out) const override {
    bytes_read += out.size();
    return below_->read(offset, out);
  }
  Status write(Bytes offset, std::span<const std::byte> data) override { return below_->write(offset, data); }
  mutable Bytes bytes_read = 0;

 private:
  BlockStore* below_;
};

class FatSpace : public testing::TestWithParam<const char*> {};

TEST_P(FatSpace, FillsToTheLastClusterAndThenRefuses) {
  FatDisk disk(GetParam(), 40 * kMiB);
  auto opened = open_fat(disk.store(), kClock);
  ASSERT_TRUE(opened.ok());
  FsEditor& fat = **opened;
  ASSERT_TRUE(fat.write_file("/keep.txt", MemoryStore("old"), {}).ok());
  ASSERT_TRUE(fat.write_file("/big", WatchedSource(fat.space().free, UINT64_MAX), {}).ok());
  EXPECT_EQ(fat.space().free, 0U);
  EXPECT_EQ(fat.write_file("/more", MemoryStore("x"), {}).error().code(), ErrorCode::kNoSpace);
  EXPECT_EQ(fat.write_file("/keep.txt", MemoryStore("new"), {}).error().code(), ErrorCode::kNoSpace);
  EXPECT_EQ(fat.make_folder("/folder", {}).error().code(), ErrorCode::kNoSpace);
  EXPECT_TRUE(fat.write_file("/empty", MemoryStore(""), {}).ok());
  EXPECT_EQ(*fat.read_file("/keep.txt", 10), "old");
  ASSERT_TRUE(fat.remove("/big").ok());
  EXPECT_TRUE(fat.write_file("/keep.txt", MemoryStore("new"), {}).ok());
  EXPECT_EQ(fat.stat("/more").error().code(), ErrorCode::kNotFound);
  expect_clean(disk, fat);
  EXPECT_EQ(disk.tree(), (std::map<std::string, std::string>{{"empty", ""}, {"keep.txt", "new"}}));
}

TEST_P(FatSpace, GivesBackWhatAFailedWriteTook) {
  FatDisk disk(GetParam(), 40 * kMiB);
  auto opened = open_fat(disk.store(), kClock);
  ASSERT_TRUE(opened.ok());
  FsEditor& fat = **opened;
  ASSERT_TRUE(fat.write_file("/keep.txt", MemoryStore("old"), {}).ok());
  const Bytes free = fat.space().free;
  const WatchedSource broken(5 * kMiB, 3 * kMiB);
  EXPECT_EQ(fat.write_file("/new", broken, {}).error().code(), ErrorCode::kIo);
  EXPECT_EQ(fat.write_file("/keep.txt", broken, {}).error().code(), ErrorCode::kIo);
  EXPECT_LE(broken.largest, kMiB);  // streamed, never whole
  EXPECT_EQ(fat.space().free, free);
  EXPECT_EQ(*fat.read_file("/keep.txt", 10), "old");
  expect_clean(disk, fat);
}

TEST_P(FatSpace, GrowsAFolderOnlyWhereThereIsRoom) {
  FatDisk disk(GetParam(), 40 * kMiB);
  auto opened = open_fat(disk.store(), kClock);
  ASSERT_TRUE(opened.ok());
  FsEditor& fat = **opened;
  ASSERT_TRUE(fat.make_folder("/f", {}).ok());
  ASSERT_TRUE(fat.write_file("/big", WatchedSource(fat.space().free, UINT64_MAX), {}).ok());
  int made = 0;
  Status status;
  while (status.ok() && made < 5000) {
    status = fat.write_file("/f/an empty file " + std::to_string(made), MemoryStore(""), {});
    if (status.ok()) ++made;
  }
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code(), ErrorCode::kNoSpace);
  EXPECT_EQ(fat.list("/f")->size(), static_cast<std::size_t>(made));
  ASSERT_TRUE(fat.remove("/big").ok());
  EXPECT_TRUE(fat.write_file("/f/an empty file " + std::to_string(made), MemoryStore(""), {}).ok());
  expect_clean(disk, fat);
}

INSTANTIATE_TEST_SUITE_P(Mkfs, FatSpace, testing::Values("-F 32 -s 1", "-F 16 -s 4", "-F 16 -s 16"));

TEST(FatSpace, FixedRootFolderFillsUp) {
  FatDisk disk("-F 16 -s 1 -r 64", 8 * kMiB);
  auto opened = open_fat(disk.store(), kClock);
  ASSERT_TRUE(opened.ok());
  FsEditor& fat = **opened;
  Status status;
  int made = 0;
  while (status.ok() && made < 1000) {
    status = fat.write_file("/F" + std::to_string(made), MemoryStore("content"), {});
    if (status.ok()) ++made;
  }
  EXPECT_EQ(made, 64);
  EXPECT_EQ(status.error().code(), ErrorCode::kNoSpace);
  const Bytes free = fat.space().free;
  EXPECT_EQ(fat.make_folder("/folder", {}).error().code(), ErrorCode::kNoSpace);
  EXPECT_EQ(fat.space().free, free);
  ASSERT_TRUE(fat.remove("/F10").ok());
  EXPECT_EQ(fat.write_file("/a long name needs two", MemoryStore(""), {}).error().code(), ErrorCode::kNoSpace);
  EXPECT_TRUE(fat.write_file("/short", MemoryStore(""), {}).ok());
  EXPECT_TRUE(fat.write_file("/F11", MemoryStore("replaced"), {}).ok());
  expect_clean(disk, fat);
}

// Free counts and hints that are wrong, absent, or not there at all.
TEST(FatSpace, BelievesNothingThatFsInfoSays) {
  struct Lie {
    std::uint32_t free;
    std::uint32_t next;
    bool has_signature;
  };
  for (const Lie lie : {Lie{0, 2, true}, Lie{0xffffffff, 0xffffffff, true}, Lie{12345, 0, true}, Lie{7, 80000000, true},
                        Lie{1, 60000, true}, Lie{0, 0, false}}) {
    FatDisk disk("-F 32 -s 1", 40 * kMiB);
    disk.put("old.txt", std::string(5000, 'o'));
    std::vector<std::byte> sector(512);
    ASSERT_TRUE(disk.store().read(kFsInfo, sector).ok());
    ASSERT_TRUE(write_le(std::span(sector), 488, lie.free) && write_le(std::span(sector), 492, lie.next));
    if (!lie.has_signature) sector[0] = std::byte{0};
    ASSERT_TRUE(disk.store().write(kFsInfo, sector).ok());
    auto opened = open_fat(disk.store(), kClock);
    ASSERT_TRUE(opened.ok());
    EXPECT_TRUE((*opened)->write_file("/new.txt", MemoryStore(std::string(3000, 'n')), {}).ok());
    ASSERT_TRUE((*opened)->close().ok());
    std::vector<std::byte> after(512);
    ASSERT_TRUE(disk.store().read(kFsInfo, after).ok());
    if (!lie.has_signature) {
      EXPECT_EQ(after, sector);
    }
    disk.save();
    const test::Ran ran = disk.fsck();
    if (lie.has_signature) {
      EXPECT_EQ(ran.status, 0) << ran.output;
    }
    EXPECT_EQ(disk.tree(), (std::map<std::string, std::string>{{"new.txt", std::string(3000, 'n')},
                                                               {"old.txt", std::string(5000, 'o')}}));
  }
}

TEST(FatSpace, RefusesAFileThatFatCannotHold) {
  FatDisk disk("-F 32", 64 * kMiB);
  auto opened = open_fat(disk.store(), kClock);
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ((*opened)->write_file("/x", WatchedSource(4 * kGiB, UINT64_MAX), {}).error().code(),
            ErrorCode::kUnsupported);
  EXPECT_EQ((*opened)->write_file("/x", WatchedSource(4 * kGiB - 1, UINT64_MAX), {}).error().code(),
            ErrorCode::kNoSpace);
}

// The number of a file's first cluster lies in two halves.
TEST(FatSpace, ReachesClustersPastSixteenBits) {
  FatDisk disk("-F 32 -s 1", 64 * kMiB);
  auto opened = open_fat(disk.store(), kClock);
  ASSERT_TRUE(opened.ok());
  ASSERT_TRUE((*opened)->write_file("/low", WatchedSource(33 * kMiB, UINT64_MAX), {}).ok());
  ASSERT_TRUE((*opened)->make_folder("/high", {}).ok());
  ASSERT_TRUE((*opened)->write_file("/high/file", MemoryStore("here\n"), {}).ok());
  ASSERT_TRUE((*opened)->remove("/low").ok());
  expect_clean(disk, **opened);
  EXPECT_EQ(disk.tree(), (std::map<std::string, std::string>{{"high/", ""}, {"high/file", "here\n"}}));
  auto again = open_fat(disk.store(), kClock);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(*(*again)->read_file("/high/file", 100), "here\n");
}

// Raspberry Pi OS of 2026 has one sector a cluster in 512 MiB: a million clusters, four MiB a FAT.
TEST(FatSpace, OpensAMillionClustersWithoutReadingTheFat) {
  FatDisk disk("-F 32 -s 1", 512 * kMiB);
  disk.put("kernel8.img", std::string(9000000, 'k'));
  CountingStore store(disk.store());
  auto opened = open_fat(store, kClock);
  ASSERT_TRUE(opened.ok());
  EXPECT_TRUE((*opened)->stat("/kernel8.img").ok());
  EXPECT_LT(store.bytes_read, 64 * kKiB);
  const auto start = std::chrono::steady_clock::now();
  for (const char* name : {"/config.txt", "/cmdline.txt", "/userconf.txt", "/ssh", "/kraken.json", "/status.json"}) {
    ASSERT_TRUE((*opened)->write_file(name, MemoryStore("a line\n"), {}).ok());
  }
  ASSERT_TRUE((*opened)->close().ok());
  const auto took = std::chrono::steady_clock::now() - start;
  // Both copies of the FAT once to count and once to check.
  EXPECT_LT(store.bytes_read, 17 * kMiB);
  EXPECT_LT(static_cast<Overlay&>(disk.store()).changed_bytes(), 128 * kKiB);
  RecordProperty("milliseconds", static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(took).count()));
}

}  // namespace
}  // namespace kraken
