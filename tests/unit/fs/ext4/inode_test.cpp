// Inodes that no sound image leads to, or only at the ends of what they can count; debugfs makes them.
#include <gtest/gtest.h>

#include "block/memory.h"
#include "fs/ext4/ext4_editor.h"
#include "opened.h"
#include "support/ext4_image.h"

namespace kraken {
namespace {

using test::code;
using test::Ext4Image;
using test::FileStore;
using test::open;

constexpr const char* kNoChecksums = "-t ext4 -b 1024 -O ^metadata_csum";

Ext4Image image_with_files(const char* options) {
  test::TempFolder content;
  test::write_text(content / "file", "content\n");
  for (int i = 0; i < 300; ++i) test::write_text(content / ("folder/a-name-of-some-length-" + std::to_string(i)), "");
  std::filesystem::create_symlink("where-the-link-leads", content / "link");
  return Ext4Image(options, 16 * kMiB, content.path());
}

// The journal, the resize inode: no name leads there, and who writes to one that does ruins the file system.
TEST(Ext4Inodes, OfTheFileSystemItselfAreOutOfReach) {
  for (const char* number : {"<7>", "<8>"}) {
    const Ext4Image image = image_with_files("-t ext4 -b 1024");
    image.debugfs_write("link " + std::string(number) + " /astray");
    FileStore store(image.path());
    const auto fs = open(store);
    EXPECT_EQ(code(fs->stat("/astray")), ErrorCode::kCorrupt);
    EXPECT_EQ(code(fs->read_file("/astray", kGiB)), ErrorCode::kCorrupt);
    EXPECT_EQ(code(fs->write_file("/astray", MemoryStore("x"), {})), ErrorCode::kCorrupt);
    EXPECT_EQ(code(fs->remove("/astray")), ErrorCode::kCorrupt);
  }
}

TEST(Ext4Inodes, ThatAreEncryptedOrFoldCaseAreNotRead) {
  const Ext4Image image = image_with_files("-t ext4 -b 1024");
  image.debugfs_write("sif /file flags 0x80800");
  image.debugfs_write("sif /folder flags 0x40080000");
  FileStore store(image.path());
  const auto fs = open(store);
  EXPECT_EQ(code(fs->read_file("/file", 100)), ErrorCode::kUnsupported);
  EXPECT_EQ(code(fs->list("/folder")), ErrorCode::kUnsupported);
  EXPECT_EQ(code(fs->write_file("/folder/new", MemoryStore("x"), {})), ErrorCode::kUnsupported);
}

// 65000 links, the folder's own two among them; then 1, for "more than can be counted", where dir_nlink allows it.
TEST(Ext4Inodes, CountSubFoldersAsFarAsTheyCan) {
  const Ext4Image image = image_with_files("-t ext4 -b 1024");
  image.debugfs_write("sif /folder links_count 64999");
  FileStore store(image.path());
  const auto links_after = [&](const char* path) {
    const auto fs = open(store);
    EXPECT_TRUE(fs->make_folder(path, {}).ok());
    EXPECT_TRUE(fs->close().ok());
    const std::string stat = image.debugfs("stat /folder");
    const auto at = stat.find("Links: ");
    return at == std::string::npos ? stat : stat.substr(at, stat.find(' ', at + 7) - at);
  };
  EXPECT_EQ(links_after("/folder/1"), "Links: 65000");
  EXPECT_EQ(links_after("/folder/2"), "Links: 1");
  EXPECT_EQ(links_after("/folder/3"), "Links: 1");

  const Ext4Image old = image_with_files("-t ext3 -b 1024 -O ^dir_nlink");
  old.debugfs_write("sif /folder links_count 65000");
  FileStore old_store(old.path());
  EXPECT_EQ(code(open(old_store)->make_folder("/folder/1", {})), ErrorCode::kNoSpace);
}

TEST(Ext4Inodes, WithoutRoomForMoreBitsStopAt2038) {
  const Ext4Image image("-t ext4 -I 128", 16 * kMiB);
  FileStore store(image.path());
  const auto fs = open(store, std::int64_t{INT32_MAX} + 1000);
  ASSERT_TRUE(fs->write_file("/a", MemoryStore("x"), {}).ok());
  EXPECT_EQ(fs->stat("/a")->mtime, INT32_MAX);
  ASSERT_TRUE(fs->close().ok());
  EXPECT_EQ(image.fsck(), "");
}

TEST(Ext4Inodes, OfAFolderThatLiesInItselfStay) {
  const Ext4Image image = image_with_files("-t ext4 -b 1024");
  image.debugfs_write("mkdir /outer");
  image.debugfs_write("link /outer /outer/self");
  FileStore store(image.path());
  const auto fs = open(store);
  EXPECT_EQ(code(fs->remove("/outer/self")), ErrorCode::kCorrupt);
  EXPECT_TRUE(fs->stat("/outer/self").ok());
}

TEST(Ext4Inodes, OfAFolderLongerThanItSaysAreNotBelieved) {
  const Ext4Image image = image_with_files(kNoChecksums);
  image.debugfs_write("sif /folder size 1024");
  FileStore store(image.path());
  const auto fs = open(store);
  EXPECT_EQ(code(fs->list("/folder")), ErrorCode::kCorrupt);
}

TEST(Ext4Inodes, WithAttributesOutsideTheVolumeAreRefused) {
  const Ext4Image image = image_with_files(kNoChecksums);
  image.debugfs_write("sif /file file_acl 999999");
  FileStore store(image.path());
  const auto fs = open(store);
  EXPECT_EQ(code(fs->stat("/file")), ErrorCode::kCorrupt);
}

TEST(Ext4Inodes, OfALinkWithAZeroByteAreRefused) {
  const Ext4Image image = image_with_files(kNoChecksums);
  std::string bytes = image.bytes();
  const auto at = bytes.find("where-the-link-leads");
  ASSERT_NE(at, std::string::npos);
  bytes[at + 5] = '\0';
  MemoryStore store(bytes);
  EXPECT_EQ(code(open(store)->read_link("/link")), ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace kraken
