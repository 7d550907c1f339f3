// Boot sectors: each field wrong by itself, other people's first sectors, and volumes that are cut short.
#include "fs/fat/geometry.h"

#include <gtest/gtest.h>

#include "base/endian.h"
#include "block/memory.h"
#include "fs/fat/dos_time.h"
#include "fs/fat/fat_editor.h"
#include "support/fat_disk.h"

namespace kraken {
namespace {

using test::FatDisk;

struct Field {
  const char* name;
  std::size_t offset;
  std::size_t width;
  std::vector<std::uint32_t> wrong;
};

void poke(MemoryStore& store, const Field& field, std::uint32_t value) {
  bool done = false;
  if (field.width == 1) done = write_le(store.bytes(), field.offset, static_cast<std::uint8_t>(value));
  if (field.width == 2) done = write_le(store.bytes(), field.offset, static_cast<std::uint16_t>(value));
  if (field.width == 4) done = write_le(store.bytes(), field.offset, value);
  ASSERT_TRUE(done);
}

std::vector<std::byte> volume(const std::string& options, Bytes size) {
  FatDisk disk(options, size);
  std::vector<std::byte> bytes(size);
  EXPECT_TRUE(disk.store().read(0, bytes).ok());
  return bytes;
}

void expect_each_corrupt(const std::vector<std::byte>& sound, const std::vector<Field>& fields) {
  ASSERT_TRUE(fat::read_geometry(MemoryStore(sound)).ok());
  for (const Field& field : fields) {
    for (const std::uint32_t value : field.wrong) {
      MemoryStore store(sound);
      poke(store, field, value);
      const auto geometry = fat::read_geometry(store);
      ASSERT_FALSE(geometry.ok()) << field.name << " " << value;
      EXPECT_EQ(geometry.error().code(), ErrorCode::kCorrupt) << field.name << " " << value;
      EXPECT_FALSE(open_fat(store, 0).ok());
    }
  }
}

TEST(FatGeometry, RefusesEachWrongFieldOfFat32) {
  expect_each_corrupt(volume("-F 32 -s 1", 2 * kMiB), {{"sector size", 11, 2, {0, 1, 256, 513, 8192, 65535}},
                                                       {"cluster size", 13, 1, {0, 3, 255}},
                                                       {"reserved sectors", 14, 2, {0, 65535}},
                                                       {"FATs", 16, 1, {0, 255}},
                                                       {"root entries", 17, 2, {1, 16, 512}},
                                                       {"sectors", 19, 2, {1, 32, 4097, 65535}},
                                                       {"media", 21, 1, {0, 0xf1}},
                                                       {"sectors of a FAT", 36, 4, {0, 1, 0xffffffff, 0x80000000}},
                                                       {"root cluster", 44, 4, {0, 1, 5000, 0xffffffff}},
                                                       {"signature", 510, 2, {0, 0x55aa}}});
}

TEST(FatGeometry, RefusesEachWrongFieldOfFat16) {
  expect_each_corrupt(volume("-F 16 -s 1", 8 * kMiB), {{"sector size", 11, 2, {0, 511, 4097}},
                                                       {"cluster size", 13, 1, {0, 7}},
                                                       {"reserved sectors", 14, 2, {0, 65535}},
                                                       {"FATs", 16, 1, {0}},
                                                       {"root entries", 17, 2, {0, 1, 511}},
                                                       {"sectors", 19, 2, {1, 16385, 65535}},
                                                       {"sectors of a FAT", 22, 2, {0, 1, 15, 65535}}});
}

TEST(FatGeometry, SaysWhatItDoesNotHandle) {
  const auto code_of = [](const MemoryStore& store) { return fat::read_geometry(store).error().code(); };
  EXPECT_EQ(code_of(MemoryStore(volume("-F 12", kMiB))), ErrorCode::kUnsupported);
  MemoryStore version(volume("-F 32 -s 1", 2 * kMiB));
  poke(version, {"version", 42, 2, {}}, 1);
  EXPECT_EQ(code_of(version), ErrorCode::kUnsupported);
  MemoryStore mirrors(volume("-F 32 -s 1", 2 * kMiB));
  poke(mirrors, {"flags", 40, 2, {}}, 0x81);
  EXPECT_EQ(code_of(mirrors), ErrorCode::kUnsupported);
}

// A volume whose FAT has `fat_sectors` and whose data is `clusters` long.
Result<fat::Geometry> geometry_of(MemoryStore& store, std::uint32_t fat_sectors, std::uint32_t clusters) {
  poke(store, {"sectors of a FAT", 22, 2, {}}, fat_sectors);
  poke(store, {"sectors", 19, 2, {}}, 0);
  poke(store, {"sectors", 32, 4, {}}, 2 * fat_sectors + 5000);
  const auto roomy = fat::read_geometry(store);
  EXPECT_TRUE(roomy.ok());
  poke(store, {"sectors", 32, 4, {}}, static_cast<std::uint32_t>(roomy->data_offset / 512) + clusters);
  return fat::read_geometry(store);
}

TEST(FatGeometry, CountsClustersToTheOne) {
  auto bytes = volume("-F 16 -s 1", 8 * kMiB);
  bytes.resize(34 * kMiB);
  MemoryStore store(bytes);
  EXPECT_EQ(geometry_of(store, 256, 4084).error().code(), ErrorCode::kUnsupported);  // FAT12
  EXPECT_EQ(geometry_of(store, 256, 4085)->cluster_count, 4085U);
  EXPECT_EQ(geometry_of(store, 256, 65524)->cluster_count, 65524U);
  EXPECT_EQ(geometry_of(store, 256, 65525).error().code(), ErrorCode::kCorrupt);
  // 20 sectors have 5120 entries, the first two of which stand for no cluster.
  EXPECT_EQ(geometry_of(store, 20, 5118)->cluster_count, 5118U);
  EXPECT_EQ(geometry_of(store, 20, 5119).error().code(), ErrorCode::kCorrupt);
}

TEST(FatGeometry, TakesFsInfoFromTheReservedSectorsAlone) {
  MemoryStore store(volume("-F 32 -s 1", 2 * kMiB));  // with 32 of them
  poke(store, {"FSInfo", 48, 2, {}}, 31);
  EXPECT_EQ(fat::read_geometry(store)->fs_info_offset, 31U * 512);
  for (const std::uint32_t sector : {0U, 32U, 0xffffU}) {
    poke(store, {"FSInfo", 48, 2, {}}, sector);
    EXPECT_FALSE(fat::read_geometry(store)->fs_info_offset) << sector;
  }
}

TEST(FatGeometry, KnowsWhatIsNoFat) {
  const auto code_of = [](const MemoryStore& store) { return fat::read_geometry(store).error().code(); };
  EXPECT_EQ(code_of(MemoryStore(Bytes{0})), ErrorCode::kUnsupported);
  EXPECT_EQ(code_of(MemoryStore(Bytes{511})), ErrorCode::kUnsupported);
  EXPECT_EQ(code_of(MemoryStore(kMiB)), ErrorCode::kUnsupported);
  MemoryStore ntfs(kMiB);
  for (const auto& [offset, value] : std::vector<std::pair<std::size_t, int>>{
           {0, 0xeb}, {1, 0x52}, {2, 0x90}, {12, 2}, {13, 8}, {21, 0xf8}, {510, 0x55}, {511, 0xaa}}) {
    ntfs.bytes()[offset] = static_cast<std::byte>(value);
  }
  EXPECT_EQ(code_of(ntfs), ErrorCode::kUnsupported);
  MemoryStore mbr(kMiB);
  mbr.bytes()[510] = std::byte{0x55};
  mbr.bytes()[511] = std::byte{0xaa};
  EXPECT_EQ(code_of(mbr), ErrorCode::kUnsupported);
}

TEST(FatGeometry, RefusesACutVolume) {
  auto bytes = volume("-F 32 -s 1", 2 * kMiB);
  bytes.resize(2 * kMiB - 1);
  EXPECT_EQ(fat::read_geometry(MemoryStore(bytes)).error().code(), ErrorCode::kCorrupt);
  bytes.resize(512);
  EXPECT_EQ(fat::read_geometry(MemoryStore(bytes)).error().code(), ErrorCode::kCorrupt);
}

TEST(FatGeometry, TakesAVolumeThatIsSmallerThanItsPartition) {
  auto bytes = volume("-F 32 -s 1", 2 * kMiB);
  bytes.resize(3 * kMiB);
  EXPECT_TRUE(fat::read_geometry(MemoryStore(bytes)).ok());
}

TEST(DosTime, StaysInsideWhatTheFormatCanSay) {
  EXPECT_EQ(fat::to_dos_time(-1).date, (1 << 5) | 1);
  EXPECT_EQ(fat::to_dos_time(INT64_MIN).time, 0);
  const fat::DosTime last = fat::to_dos_time(INT64_MAX);
  EXPECT_EQ(last.date, (127 << 9) | (12 << 5) | 31);
  EXPECT_EQ(last.time, (23 << 11) | (59 << 5) | 29);
  EXPECT_EQ(last.tenths, 100);
  EXPECT_EQ(fat::from_dos_time(0, 0), 0);
  EXPECT_EQ(fat::from_dos_time((2 << 5) | 30, 0), 0);  // 30 February
  for (const std::int64_t when : {315532800LL, 951782400LL, 1732368644LL, 4354819198LL}) {
    const fat::DosTime dos = fat::to_dos_time(when);
    EXPECT_EQ(fat::from_dos_time(dos.date, dos.time), when);
  }
}

}  // namespace
}  // namespace kraken
