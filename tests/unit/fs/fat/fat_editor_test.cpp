// Volumes of many shapes made by mkfs.vfat: what mtools puts in we read and change, what we write mtools reads, and
// fsck.fat finds nothing to say.
#include "fs/fat/fat_editor.h"

#include <gtest/gtest.h>

#include <array>

#include "block/memory.h"
#include "support/fat_disk.h"

namespace kraken {
namespace {

using test::FatDisk;

constexpr std::int64_t kClock = 1732320000;  // 2024-11-23 00:00:00 UTC

struct Shape {
  const char* options;
  Bytes size;
  const char* type;
};

void PrintTo(const Shape& shape, std::ostream* out) {
  *out << shape.options << " of " << shape.size;
}

std::string pattern(std::size_t size) {
  std::string text;
  for (std::size_t i = 0; i < size; ++i) text += static_cast<char>('a' + i * 7 % 26);
  return text;
}

class FatShapes : public testing::TestWithParam<Shape> {};

TEST_P(FatShapes, EditsWhatMtoolsMade) {
  FatDisk disk(GetParam().options, GetParam().size);
  const std::string large = pattern(100000);
  disk.put("config.txt", "arm_64bit=1\n");
  disk.put("Cmdline.txt", "console=tty1");
  disk.put("kernel8.img", large);
  ASSERT_EQ(disk.mtools("mmd ::/overlays").status, 0);
  disk.put("overlays/vc4-kms-v3d-pi4.dtbo", pattern(3000));

  auto opened = open_fat(disk.store(), kClock);
  ASSERT_TRUE(opened.ok()) << opened.error().what();
  FsEditor& fat = **opened;
  EXPECT_EQ(fat.type_name(), GetParam().type);
  EXPECT_EQ(*fat.read_file("/CONFIG.TXT", 100), "arm_64bit=1\n");
  EXPECT_EQ(*fat.read_file("/kernel8.img", large.size()), large);
  EXPECT_EQ(*fat.read_file("/overlays/VC4-kms-v3d-pi4.dtbo", 3000), pattern(3000));
  ASSERT_TRUE(fat.write_file("/config.txt", MemoryStore(pattern(9000)), {}).ok());
  ASSERT_TRUE(fat.write_file("/cmdline.txt", MemoryStore("one line"), {}).ok());
  ASSERT_TRUE(fat.write_file("/userconf.txt", MemoryStore("me:x"), {}).ok());
  ASSERT_TRUE(fat.write_file("/ssh", MemoryStore(""), {}).ok());
  ASSERT_TRUE(fat.make_folder("/Kraken Node", {}).ok());
  ASSERT_TRUE(fat.write_file("/Kraken Node/record-of-the-node.json", MemoryStore("{}"), {}).ok());
  ASSERT_TRUE(fat.remove("/kernel8.img").ok());
  ASSERT_TRUE(fat.close().ok());
  disk.save();

  const std::map<std::string, std::string> expected = {{"config.txt", pattern(9000)},
                                                       {"Cmdline.txt", "one line"},
                                                       {"userconf.txt", "me:x"},
                                                       {"ssh", ""},
                                                       {"overlays/", ""},
                                                       {"overlays/vc4-kms-v3d-pi4.dtbo", pattern(3000)},
                                                       {"Kraken Node/", ""},
                                                       {"Kraken Node/record-of-the-node.json", "{}"}};
  EXPECT_EQ(disk.tree(), expected);
  const test::Ran checked = disk.fsck();
  EXPECT_EQ(checked.status, 0) << checked.output;
}

TEST_P(FatShapes, ReadsBackAfterMtoolsChangedIt) {
  FatDisk disk(GetParam().options, GetParam().size);
  auto opened = open_fat(disk.store(), kClock);
  ASSERT_TRUE(opened.ok()) << opened.error().what();
  for (int i = 0; i < 40; ++i) {
    const std::string name = "/A file with a long name, number " + std::to_string(i);
    ASSERT_TRUE((*opened)->write_file(name, MemoryStore(pattern(static_cast<std::size_t>(i) * 100)), {}).ok());
  }
  ASSERT_TRUE((*opened)->close().ok());
  disk.save();
  ASSERT_EQ(disk.mtools("mdel '::/A file with a long name, number 7'").status, 0);
  disk.put("A file with a long name, number 8", "new");
  ASSERT_EQ(disk.mtools("mren '::/A file with a long name, number 9' ::/nine").status, 0);

  auto again = open_fat(disk.store(), kClock);
  ASSERT_TRUE(again.ok()) << again.error().what();
  EXPECT_EQ((*again)->list("/")->size(), 39U);
  EXPECT_EQ((*again)->stat("/a file with a long name, number 7").error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(*(*again)->read_file("/A file with a long name, number 8", 10), "new");
  EXPECT_EQ(*(*again)->read_file("/nine", 1000), pattern(900));
  EXPECT_EQ(*(*again)->read_file("/A file with a long name, number 39", 3900), pattern(3900));
}

TEST_P(FatShapes, CountsSpaceAsMtoolsDoes) {
  FatDisk disk(GetParam().options, GetParam().size);
  disk.put("kernel8.img", pattern(100000));
  auto opened = open_fat(disk.store(), kClock);
  ASSERT_TRUE(opened.ok()) << opened.error().what();
  ASSERT_TRUE((*opened)->write_file("/x", MemoryStore(pattern(5000)), {}).ok());
  const SpaceInfo space = (*opened)->space();
  ASSERT_TRUE((*opened)->close().ok());
  disk.save();
  // "                          1 234 567 bytes free"
  std::string listed = disk.mtools("mdir ::/").output;
  listed = listed.substr(0, listed.rfind(" bytes free"));
  listed = listed.substr(listed.rfind('\n') + 1);
  std::erase(listed, ' ');
  EXPECT_EQ(listed, std::to_string(space.free));
  EXPECT_GT(space.total, space.free);
}

TEST_P(FatShapes, WritesNothingWhenNothingIsAsked) {
  FatDisk disk(GetParam().options, GetParam().size);
  auto opened = open_fat(disk.store(), kClock);
  ASSERT_TRUE(opened.ok()) << opened.error().what();
  static_cast<void>((*opened)->space());
  ASSERT_TRUE((*opened)->close().ok());
  EXPECT_EQ(static_cast<Overlay&>(disk.store()).changed_bytes(), 0U);
}

INSTANTIATE_TEST_SUITE_P(
    Mkfs, FatShapes,
    testing::Values(Shape{"-F 16 -s 1", 8 * kMiB, "fat16"}, Shape{"-F 16 -s 4 -n BOOT", 32 * kMiB, "fat16"},
                    Shape{"-F 16 -s 64", 512 * kMiB, "fat16"}, Shape{"-F 16 -S 4096 -s 1", 64 * kMiB, "fat16"},
                    Shape{"-F 16 -s 2 -f 1 -r 1024", 16 * kMiB, "fat16"}, Shape{"-F 16 -s 2 -R 37", 16 * kMiB, "fat16"},
                    Shape{"-F 32 -s 1", 40 * kMiB, "fat32"}, Shape{"-F 32 -s 4 -n bootfs", 512 * kMiB, "fat32"},
                    Shape{"-F 32 -s 1", 512 * kMiB, "fat32"}, Shape{"-F 32 -s 8 -f 1", 300 * kMiB, "fat32"},
                    Shape{"-F 32 -S 4096 -s 1", 300 * kMiB, "fat32"},
                    Shape{"-F 32 -S 2048 -s 8 -R 64", 1200 * kMiB, "fat32"}, Shape{"-F 32 -s 128", 5 * kGiB, "fat32"}));

// fsck.fat has something to say about them before anything is changed, and does afterwards.
TEST(FatEditor, ChangesNothingThatFsckWouldNotTake) {
  for (const char* options : {"-F 32 -s 1 -f 3", "-F 32 -s 1 -b 0", "-F 16 -f 4"}) {
    FatDisk disk(options, 40 * kMiB);
    EXPECT_NE(disk.fsck().status, 0) << options;
    auto opened = open_fat(disk.store(), kClock);
    ASSERT_TRUE(opened.ok()) << opened.error().what();
    EXPECT_TRUE((*opened)->list("/").ok());
    const Status written = (*opened)->write_file("/config.txt", MemoryStore(pattern(9000)), {});
    ASSERT_FALSE(written.ok()) << options;
    EXPECT_EQ(written.error().code(), ErrorCode::kUnsupported) << written.error().what();
  }
}

TEST(FatEditor, TakesTheMarksOfAVolumeInUseAway) {
  const auto marked = [](const char* options, std::initializer_list<Bytes> states) {
    FatDisk disk(options, 40 * kMiB);
    for (const Bytes at : states) EXPECT_TRUE(disk.store().write(at, std::array{std::byte{1}}).ok());
    auto opened = open_fat(disk.store(), kClock);
    EXPECT_TRUE(opened.ok());
    EXPECT_TRUE((*opened)->write_file("/config.txt", MemoryStore(pattern(9000)), {}).ok());
    EXPECT_TRUE((*opened)->close().ok());
    disk.save();
    return disk.fsck();
  };
  constexpr Bytes kBackup = 6 * kSectorSize;
  for (const test::Ran& ran : {marked("-F 16", {37}), marked("-F 32 -s 1", {65}),
                               marked("-F 32 -s 1", {65, kBackup + 65}), marked("-F 32 -s 1", {kBackup + 65})}) {
    EXPECT_EQ(ran.status, 0) << ran.output;
    EXPECT_EQ(ran.output.find("differences"), std::string::npos) << ran.output;
  }
}

// Too few clusters for FAT32 by the letter; mtools takes it for FAT16, so fsck.fat is the only oracle.
TEST(FatEditor, TakesATinyFat32ForWhatItIsMeantToBe) {
  FatDisk disk("-F 32 -s 1", 2 * kMiB);
  auto opened = open_fat(disk.store(), kClock);
  ASSERT_TRUE(opened.ok()) << opened.error().what();
  EXPECT_EQ((*opened)->type_name(), "fat32");
  ASSERT_TRUE((*opened)->make_folder("/overlays", {}).ok());
  ASSERT_TRUE((*opened)->write_file("/overlays/A long name.txt", MemoryStore(pattern(9000)), {}).ok());
  EXPECT_EQ(*(*opened)->read_file("/overlays/a long name.txt", 9000), pattern(9000));
  ASSERT_TRUE((*opened)->close().ok());
  disk.save();
  EXPECT_EQ(disk.fsck().status, 0) << disk.fsck().output;
}

TEST(FatEditor, TellsTheLabelOfTheRootFolder) {
  FatDisk disk("-F 32 -n bootfs", 64 * kMiB);
  EXPECT_EQ((*open_fat(disk.store(), kClock))->label(), "bootfs");
  FatDisk unnamed("-F 16", 16 * kMiB);
  EXPECT_EQ((*open_fat(unnamed.store(), kClock))->label(), "");
}

TEST(FatEditor, SameCallsGiveTheSameBytes) {
  const auto image = [] {
    FatDisk disk("-F 32 -s 1", 40 * kMiB);
    disk.put("config.txt", "a");
    auto opened = open_fat(disk.store(), kClock);
    EXPECT_TRUE(opened.ok());
    EXPECT_TRUE((*opened)->write_file("/config.txt", MemoryStore(pattern(5000)), {}).ok());
    EXPECT_TRUE((*opened)->make_folder("/Some folder", {}).ok());
    EXPECT_TRUE((*opened)->remove("/config.txt").ok());
    EXPECT_TRUE((*opened)->write_file("/Some folder/x", MemoryStore(pattern(700)), {}).ok());
    EXPECT_TRUE((*opened)->close().ok());
    std::vector<std::byte> bytes(disk.store().size());
    EXPECT_TRUE(disk.store().read(0, bytes).ok());
    return bytes;
  };
  // mcopy dates "config.txt" with the time of day, so that slot is left out.
  auto first = image();
  auto second = image();
  ASSERT_EQ(first.size(), second.size());
  std::size_t differing = 0;
  for (std::size_t i = 0; i < first.size(); ++i) differing += first[i] == second[i] ? 0U : 1U;
  EXPECT_LE(differing, 9U);  // at most the three times and dates of one record
}

TEST(FatEditor, DatesInUtc) {
  FatDisk disk("-F 32 -s 1", 40 * kMiB);
  auto opened = open_fat(disk.store(), 1732368645);  // 2024-11-23 13:30:45
  ASSERT_TRUE(opened.ok());
  ASSERT_TRUE((*opened)->write_file("/when.txt", MemoryStore("x"), {}).ok());
  EXPECT_EQ((*opened)->stat("/when.txt")->mtime, 1732368644);
  ASSERT_TRUE((*opened)->close().ok());
  disk.save();
  const std::string listed = disk.mtools("mdir ::/when.txt").output;
  EXPECT_NE(listed.find("2024-11-23  13:30"), std::string::npos) << listed;
}

TEST(FatEditor, KeepsTheAttributesOfWhatItReplaces) {
  FatDisk disk("-F 16 -s 1", 8 * kMiB);
  disk.put("Hidden Config.txt", "old");
  ASSERT_EQ(disk.mtools("mattrib +r +h +s -a '::/Hidden Config.txt'").status, 0);
  auto opened = open_fat(disk.store(), kClock);
  ASSERT_TRUE(opened.ok());
  ASSERT_TRUE((*opened)->write_file("/HIDDEN CONFIG.TXT", MemoryStore("new"), {}).ok());
  EXPECT_EQ((*opened)->list("/")->front().name, "Hidden Config.txt");
  ASSERT_TRUE((*opened)->close().ok());
  disk.save();
  EXPECT_EQ(disk.mtools("mattrib '::/Hidden Config.txt'").output.substr(0, 10), "  A  SHR  ");
  EXPECT_EQ(disk.tree(), (std::map<std::string, std::string>{{"Hidden Config.txt", "new"}}));
}

TEST(FatEditor, AnswersForWhatIsThere) {
  FatDisk disk("-F 32 -s 1", 40 * kMiB);
  auto opened = open_fat(disk.store(), kClock);
  ASSERT_TRUE(opened.ok());
  FsEditor& fat = **opened;
  ASSERT_TRUE(fat.make_folder("/a", {}).ok());
  ASSERT_TRUE(fat.make_folder("/a/b", {}).ok());
  ASSERT_TRUE(fat.write_file("/a/b/f", MemoryStore("four"), {0600, 1000, 1000, {}}).ok());
  EXPECT_EQ(fat.stat("/")->type, NodeType::kFolder);
  EXPECT_EQ(fat.stat("/a/b")->attributes, (NodeAttributes{0755, 0, 0, {}}));
  EXPECT_EQ(fat.stat("/A/B/F")->attributes, (NodeAttributes{0644, 0, 0, {}}));
  EXPECT_EQ(fat.stat("/a/b/f")->size, 4U);
  EXPECT_EQ(fat.read_file("/a/b/f", 3).error().code(), ErrorCode::kCorrupt);
  EXPECT_EQ(fat.stat("/a/b/f/g").error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(fat.stat("/a/x/f").error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(fat.list("/x").error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(fat.list("/a/b/f").error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(fat.read_file("/a", 10).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(fat.make_folder("/a/b", {}).error().code(), ErrorCode::kAlreadyExists);
  EXPECT_EQ(fat.make_folder("/a/B/F", {}).error().code(), ErrorCode::kAlreadyExists);
  EXPECT_EQ(fat.make_folder("/x/y", {}).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(fat.write_file("/x/y", MemoryStore(""), {}).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(fat.write_file("/a/b", MemoryStore(""), {}).error().code(), ErrorCode::kAlreadyExists);
  EXPECT_EQ(fat.write_file("/", MemoryStore(""), {}).error().code(), ErrorCode::kAlreadyExists);
  EXPECT_EQ(fat.remove("/a/b").error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(fat.remove("/").error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(fat.remove("/nothing").error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(fat.set_attributes("/nothing", {}).error().code(), ErrorCode::kNotFound);
  EXPECT_TRUE(fat.set_attributes("/a/b/f", {}).ok());
  EXPECT_EQ(fat.read_link("/a/b/f").error().code(), ErrorCode::kUnsupported);
  EXPECT_EQ(fat.make_symlink("/l", "a", {}).error().code(), ErrorCode::kUnsupported);
  EXPECT_EQ(fat.stat("a").error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(fat.stat("/a/../a").error().code(), ErrorCode::kInvalidArgument);
  ASSERT_TRUE(fat.remove("/a/b/f").ok());
  ASSERT_TRUE(fat.remove("/a/b").ok());
  EXPECT_TRUE(fat.list("/a")->empty());
  ASSERT_TRUE(fat.close().ok());
  disk.save();
  EXPECT_EQ(disk.fsck().status, 0) << disk.fsck().output;
}

}  // namespace
}  // namespace kraken
