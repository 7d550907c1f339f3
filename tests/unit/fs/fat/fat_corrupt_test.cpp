// Broken and hostile volumes: every one ends in kCorrupt (or is read right, where readers agree on how), and no edit
// ever runs on one.
#include <gtest/gtest.h>

#include "base/endian.h"
#include "base/text.h"
#include "block/memory.h"
#include "fs/fat/cluster_space.h"
#include "fs/fat/fat_editor.h"
#include "fs/fat/geometry.h"
#include "fs/fat/record.h"
#include "support/fat_disk.h"

namespace kraken {
namespace {

using test::FatDisk;

constexpr std::int64_t kClock = 1732320000;
constexpr std::uint32_t kEnd32 = 0x0fffffff;
constexpr std::uint32_t kBad32 = 0x0ffffff7;

// A FAT32 of 2 MiB in memory: A.TXT (2000 bytes, 4 clusters), B.TXT (600 bytes, 2 clusters), SUB (a folder with C.TXT).
class FatCorrupt : public testing::Test {
 protected:
  FatCorrupt() : disk_("-F 32 -s 1", 2 * kMiB), store_(disk_.store()) {
    auto opened = open_fat(store_, kClock);
    EXPECT_TRUE(opened.ok());
    EXPECT_TRUE((*opened)->write_file("/A.TXT", MemoryStore(std::string(2000, 'a')), {}).ok());
    EXPECT_TRUE((*opened)->write_file("/B.TXT", MemoryStore(std::string(600, 'b')), {}).ok());
    EXPECT_TRUE((*opened)->make_folder("/SUB", {}).ok());
    EXPECT_TRUE((*opened)->write_file("/SUB/C.TXT", MemoryStore(std::string(100, 'c')), {}).ok());
    EXPECT_TRUE((*opened)->close().ok());
    auto geometry = fat::read_geometry(store_);
    EXPECT_TRUE(geometry.ok());
    at_ = *geometry;
  }

  Bytes slot_offset(std::uint32_t cluster, std::size_t slot) const { return at_.offset_of(cluster) + slot * 32; }

  // The slot of an 8.3 name ("A       TXT") in a folder's first cluster.
  Bytes find_slot(std::uint32_t cluster, std::string_view name) const {
    for (std::size_t slot = 0; slot < 16; ++slot) {
      std::vector<std::byte> raw(11);
      EXPECT_TRUE(store_.read(slot_offset(cluster, slot), raw).ok());
      if (as_text(raw) == name) return slot_offset(cluster, slot);
    }
    ADD_FAILURE() << "no slot " << name;
    return 0;
  }

  fat::Record record_at(Bytes slot) const {
    std::vector<std::byte> raw(32);
    EXPECT_TRUE(store_.read(slot, raw).ok());
    return fat::decode_record(raw, fat::FatType::kFat32);
  }

  void put_record(Bytes slot, const fat::Record& record) {
    EXPECT_TRUE(store_.write(slot, fat::encode_record(record)).ok());
  }

  void set_fat(std::uint32_t cluster, std::uint32_t value) {
    std::array<std::byte, 4> raw{};
    ASSERT_TRUE(write_le(std::span<std::byte>(raw), 0, value));
    for (std::uint32_t copy = 0; copy < at_.fat_count; ++copy) {
      ASSERT_TRUE(store_.write(at_.fat_offset + copy * at_.fat_stride + cluster * 4U, raw).ok());
    }
  }

  std::uint32_t first_of(std::string_view name) const {
    return record_at(find_slot(at_.root_cluster, name)).first_cluster;
  }

  // No edit may run, not even one on a sound file; nothing may be written.
  void expect_no_edit() {
    std::vector<std::byte> before(store_.size());
    std::vector<std::byte> after(store_.size());
    ASSERT_TRUE(store_.read(0, before).ok());
    auto opened = open_fat(store_, kClock);
    ASSERT_TRUE(opened.ok()) << opened.error().what();
    FsEditor& fat = **opened;
    const Status written = fat.write_file("/B.TXT", MemoryStore("new"), {});
    ASSERT_FALSE(written.ok());
    EXPECT_EQ(written.error().code(), ErrorCode::kCorrupt) << written.error().what();
    EXPECT_EQ(fat.write_file("/NEW.TXT", MemoryStore("new"), {}).error().code(), ErrorCode::kCorrupt);
    EXPECT_EQ(fat.remove("/B.TXT").error().code(), ErrorCode::kCorrupt);
    EXPECT_EQ(fat.make_folder("/NEW", {}).error().code(), ErrorCode::kCorrupt);
    EXPECT_TRUE(fat.close().ok());
    ASSERT_TRUE(store_.read(0, after).ok());
    EXPECT_EQ(before, after);
  }

  void expect_unreadable(std::string_view path) {
    auto opened = open_fat(store_, kClock);
    ASSERT_TRUE(opened.ok()) << opened.error().what();
    const auto content = (*opened)->read_file(path, UINT64_MAX);
    ASSERT_FALSE(content.ok());
    EXPECT_EQ(content.error().code(), ErrorCode::kCorrupt) << content.error().what();
  }

  FatDisk disk_;
  BlockStore& store_;
  fat::Geometry at_;
};

TEST_F(FatCorrupt, TheUnbrokenVolumeIsFine) {
  auto opened = open_fat(store_, kClock);
  ASSERT_TRUE(opened.ok());
  EXPECT_TRUE((*opened)->write_file("/B.TXT", MemoryStore("new"), {}).ok());
  EXPECT_EQ(*(*opened)->read_file("/SUB/C.TXT", 100), std::string(100, 'c'));
}

TEST_F(FatCorrupt, ChainLoops) {
  const std::uint32_t first = first_of("A       TXT");
  set_fat(first + 2, first);
  expect_unreadable("/A.TXT");
  expect_no_edit();
}

// Its size would have it followed eight million times around.
TEST_F(FatCorrupt, ChainOfAHugeFileLoops) {
  const Bytes slot = find_slot(at_.root_cluster, "A       TXT");
  fat::Record record = record_at(slot);
  record.size = UINT32_MAX;
  put_record(slot, record);
  set_fat(record.first_cluster + 2, record.first_cluster);
  auto opened = open_fat(store_, kClock);
  ASSERT_TRUE(opened.ok());
  const auto content = (*opened)->read_file("/A.TXT", UINT64_MAX);
  ASSERT_FALSE(content.ok());
  EXPECT_EQ(content.error().code(), ErrorCode::kCorrupt);
  // Only who stops after as many clusters as the volume has can tell a loop from a chain too long for its size.
  EXPECT_NE(content.error().what().find("is a loop;"), std::string::npos) << content.error().what();
  expect_no_edit();
}

TEST_F(FatCorrupt, ChainOfOneClusterThatPointsToItself) {
  const std::uint32_t first = first_of("A       TXT");
  set_fat(first, first);
  expect_unreadable("/A.TXT");
  expect_no_edit();
}

TEST_F(FatCorrupt, ChainRunsIntoWhatIsNoCluster) {
  const std::uint32_t first = first_of("A       TXT");
  for (const std::uint32_t value : {0U, 1U, kBad32, at_.last_cluster() + 1, 0x0ffffff6U, 0x0ffffff0U}) {
    set_fat(first + 1, value);
    expect_unreadable("/A.TXT");
    expect_no_edit();
  }
}

TEST_F(FatCorrupt, UpperFourBitsCountForNothing) {
  const std::uint32_t first = first_of("A       TXT");
  set_fat(first, 0xf0000000U | (first + 1));
  auto opened = open_fat(store_, kClock);
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(*(*opened)->read_file("/A.TXT", 2000), std::string(2000, 'a'));
  ASSERT_TRUE((*opened)->remove("/A.TXT").ok());
  ASSERT_TRUE((*opened)->close().ok());
  std::vector<std::byte> raw(4);
  ASSERT_TRUE(store_.read(at_.fat_offset + first * 4U, raw).ok());
  EXPECT_EQ(read_le<std::uint32_t>(raw, 0), 0xf0000000U);  // kept, as fatgen103 asks for
}

TEST_F(FatCorrupt, TwoFilesShareClusters) {
  const Bytes slot = find_slot(at_.root_cluster, "B       TXT");
  fat::Record record = record_at(slot);
  record.first_cluster = first_of("A       TXT") + 2;  // the last two of A's four
  put_record(slot, record);
  expect_no_edit();
}

TEST_F(FatCorrupt, FileSharesTheFolderItIsIn) {
  const Bytes slot = find_slot(at_.root_cluster, "B       TXT");
  fat::Record record = record_at(slot);
  record.first_cluster = at_.root_cluster;
  record.size = 500;
  put_record(slot, record);
  expect_no_edit();
}

TEST_F(FatCorrupt, SizeAndChainDisagree) {
  const Bytes slot = find_slot(at_.root_cluster, "A       TXT");
  const fat::Record sound = record_at(slot);
  for (const std::uint32_t size : {0U, 1536U, 2049U, 0xffffffffU}) {
    fat::Record record = sound;
    record.size = size;
    put_record(slot, record);
    expect_unreadable("/A.TXT");
    expect_no_edit();
  }
  fat::Record record = sound;
  record.first_cluster = 0;
  put_record(slot, record);
  expect_unreadable("/A.TXT");
  expect_no_edit();
}

TEST_F(FatCorrupt, FirstClusterOutsideTheVolume) {
  const Bytes slot = find_slot(at_.root_cluster, "A       TXT");
  fat::Record record = record_at(slot);
  for (const std::uint32_t cluster : {1U, at_.last_cluster() + 1, 0xffffffffU}) {
    record.first_cluster = cluster;
    put_record(slot, record);
    expect_unreadable("/A.TXT");
    expect_no_edit();
  }
}

// A caller that lists every folder it meets must come to an end.
TEST_F(FatCorrupt, FolderContainsItself) {
  const std::uint32_t sub = first_of("SUB        ");
  const Bytes slot = find_slot(sub, "C       TXT");
  fat::Record record = record_at(slot);
  record.attributes = fat::kDirectory;
  record.size = 0;
  for (const std::uint32_t target : {sub, at_.root_cluster, 0U}) {
    record.first_cluster = target;
    put_record(slot, record);
    auto opened = open_fat(store_, kClock);
    ASSERT_TRUE(opened.ok());
    EXPECT_EQ((*opened)->list("/SUB")->front().type, NodeType::kFolder);
    EXPECT_EQ((*opened)->list("/SUB/C.TXT").error().code(), ErrorCode::kCorrupt);
    expect_no_edit();
  }
}

TEST_F(FatCorrupt, TwoPathsLeadToOneFolder) {
  const Bytes slot = find_slot(at_.root_cluster, "B       TXT");
  fat::Record record = record_at(find_slot(at_.root_cluster, "SUB        "));
  record.name = record_at(slot).name;
  put_record(slot, record);
  expect_no_edit();
}

TEST_F(FatCorrupt, TwoEntriesHaveOneName) {
  fat::Record record = record_at(find_slot(at_.root_cluster, "B       TXT"));
  record.first_cluster = 0;
  record.size = 0;
  put_record(slot_offset(at_.root_cluster, 3), record);
  expect_no_edit();
}

TEST_F(FatCorrupt, FolderChainLoops) {
  set_fat(at_.root_cluster, at_.root_cluster);
  EXPECT_EQ(open_fat(store_, kClock).error().code(), ErrorCode::kCorrupt);
}

TEST_F(FatCorrupt, CopiesOfTheFatDiffer) {
  const std::uint32_t first = first_of("A       TXT");
  std::vector<std::byte> zeros(4);
  ASSERT_TRUE(store_.write(at_.fat_offset + at_.fat_stride + first * 4U, zeros).ok());
  EXPECT_EQ(open_fat(store_, kClock).error().code(), ErrorCode::kCorrupt);
}

TEST_F(FatCorrupt, NamesThatWouldLeadAPathAstray) {
  const Bytes slot = find_slot(at_.root_cluster, "A       TXT");
  const fat::Record sound = record_at(slot);
  for (const std::string_view name : {"../ETC  TXT", "A/B     TXT", "        TXT", "A\x01      TXT"}) {
    fat::Record record = sound;
    std::ranges::copy(name, record.name.begin());
    put_record(slot, record);
    EXPECT_EQ(open_fat(store_, kClock).error().code(), ErrorCode::kCorrupt) << name;
  }
}

// A long name with a slash, with "..", or with half a surrogate pair is not believed; the 8.3 name stands in.
TEST_F(FatCorrupt, LongNamesThatAreNoNames) {
  for (const std::u16string& name : {std::u16string(u"../../etc"), std::u16string(u".."), std::u16string(u"a/b"),
                                     std::u16string(u"x\xd800y"), std::u16string(u"a\x01")}) {
    fat::Record record = record_at(find_slot(at_.root_cluster, "B       TXT"));
    record.name[0] = 'Z';
    record.first_cluster = 0;
    record.size = 0;
    const auto parts = fat::encode_long_name(name, fat::short_name_checksum(record.name));
    ASSERT_EQ(parts.size(), 1U);
    ASSERT_TRUE(store_.write(slot_offset(at_.root_cluster, 3), parts[0]).ok());
    put_record(slot_offset(at_.root_cluster, 4), record);
    auto opened = open_fat(store_, kClock);
    ASSERT_TRUE(opened.ok());
    EXPECT_EQ((*opened)->list("/")->back().name, "Z.TXT");
    ASSERT_TRUE((*opened)->remove("/Z.TXT").ok());
    ASSERT_TRUE((*opened)->close().ok());
  }
  disk_.save();
  EXPECT_EQ(disk_.fsck().status, 0) << disk_.fsck().output;
}

// Parts of a long name whose record is gone: ignored, and never adopted by a new entry of the same 8.3 name.
TEST_F(FatCorrupt, StrayPartsOfLongNamesNameNothing) {
  fat::ShortName name{};
  std::ranges::copy(std::string_view("STRAY   TXT"), name.begin());
  const auto parts = fat::encode_long_name(u"the wrong name", fat::short_name_checksum(name));
  ASSERT_EQ(parts.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) ASSERT_TRUE(store_.write(slot_offset(at_.root_cluster, 3 + i), parts[i]).ok());
  auto opened = open_fat(store_, kClock);
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ((*opened)->list("/")->size(), 3U);
  ASSERT_TRUE((*opened)->write_file("/STRAY.TXT", MemoryStore("x"), {}).ok());
  EXPECT_EQ((*opened)->list("/")->size(), 4U);
  EXPECT_EQ(*(*opened)->read_file("/STRAY.TXT", 1), "x");
  EXPECT_EQ((*opened)->stat("/the wrong name").error().code(), ErrorCode::kNotFound);
}

// The last part and the first fit each other's numbers; without the one between them they are no name.
TEST_F(FatCorrupt, ALongNameWithoutItsMiddleNamesNothing) {
  fat::Record record = record_at(find_slot(at_.root_cluster, "B       TXT"));
  record.name[0] = 'Z';
  record.first_cluster = 0;
  record.size = 0;
  const auto parts = fat::encode_long_name(u"a name that takes three of them", fat::short_name_checksum(record.name));
  ASSERT_EQ(parts.size(), 3U);
  ASSERT_TRUE(store_.write(slot_offset(at_.root_cluster, 3), parts[0]).ok());
  ASSERT_TRUE(store_.write(slot_offset(at_.root_cluster, 4), parts[2]).ok());
  put_record(slot_offset(at_.root_cluster, 5), record);
  auto opened = open_fat(store_, kClock);
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ((*opened)->list("/")->back().name, "Z.TXT");
}

TEST_F(FatCorrupt, AChainMayBeAsLongAsItsSizeAndNoLonger) {
  const std::uint32_t first = first_of("A       TXT");
  fat::ClusterSpace clusters(store_, at_);
  EXPECT_EQ(fat::cluster_count(*clusters.walk(first, 4)), 4U);
  EXPECT_EQ(clusters.walk(first, 3).error().code(), ErrorCode::kCorrupt);
}

// What stands behind a folder's end is undefined, and must not come to life when the end moves.
TEST_F(FatCorrupt, GarbageBehindTheEndOfAFolder) {
  fat::Record ghost = record_at(find_slot(at_.root_cluster, "A       TXT"));
  ghost.name[0] = 'G';
  put_record(slot_offset(at_.root_cluster, 5), ghost);  // slot 3 ends the folder
  auto opened = open_fat(store_, kClock);
  ASSERT_TRUE(opened.ok());
  ASSERT_TRUE((*opened)->write_file("/LAST.TXT", MemoryStore("x"), {}).ok());
  ASSERT_TRUE((*opened)->write_file("/LAST2.TXT", MemoryStore("x"), {}).ok());
  ASSERT_TRUE((*opened)->close().ok());
  EXPECT_EQ((*open_fat(store_, kClock))->list("/")->size(), 5U);
  disk_.save();
  EXPECT_EQ(disk_.fsck().status, 0) << disk_.fsck().output;
}

// Marked as in use by Linux (boot sector) and by Windows (FAT[1]): the check is what the marks ask for.
TEST_F(FatCorrupt, MarksOfAVolumeInUseGoWithTheFirstChange) {
  ASSERT_TRUE(store_.write(65, std::array{std::byte{1}}).ok());
  set_fat(1, kEnd32 & ~0x08000000U);
  auto opened = open_fat(store_, kClock);
  ASSERT_TRUE(opened.ok());
  ASSERT_TRUE((*opened)->write_file("/B.TXT", MemoryStore("new"), {}).ok());
  ASSERT_TRUE((*opened)->close().ok());
  disk_.save();
  EXPECT_EQ(disk_.fsck().status, 0) << disk_.fsck().output;
}

TEST_F(FatCorrupt, ClustersInUseThatAreNobodys) {
  set_fat(at_.last_cluster(), kEnd32);
  expect_no_edit();
  set_fat(at_.last_cluster(), 1);
  expect_no_edit();
  set_fat(at_.last_cluster(), kBad32);
  auto opened = open_fat(store_, kClock);
  ASSERT_TRUE(opened.ok());
  EXPECT_TRUE((*opened)->write_file("/B.TXT", MemoryStore("new"), {}).ok());
}

}  // namespace
}  // namespace kraken
