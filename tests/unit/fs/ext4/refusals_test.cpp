// File systems that must not be edited: unclean, damaged, cut short, or with features that are not handled.
#include <gtest/gtest.h>

#include <random>

#include "block/memory.h"
#include "fs/ext4/ext4_editor.h"
#include "support/ext4_image.h"

namespace kraken {
namespace {

using test::Ext4Image;
using test::FileStore;

constexpr std::int64_t kClock = 1'700'000'000;

Error refusal(const Ext4Image& image) {
  FileStore store(image.path());
  const auto opened = open_ext4(store, kClock);
  return opened.ok() ? Error(ErrorCode::kInternal, "it was opened") : opened.error();
}

TEST(Ext4Refusals, OfWhatIsNotClean) {
  const Ext4Image plain("-t ext4 -O orphan_file", 32 * kMiB);
  for (const char* command :
       {"feature needs_recovery", "feature orphan_present", "ssv state 0", "ssv state 3", "ssv last_orphan 12"}) {
    const Ext4Image image = plain.clone();
    image.debugfs_write(command);
    const Error error = refusal(image);
    EXPECT_EQ(error.code(), ErrorCode::kCorrupt) << command << ": " << error.what();
    EXPECT_NE(error.what().find("e2fsck"), std::string::npos) << error.what();
  }
}

TEST(Ext4Refusals, OfFeaturesThatAreNotHandled) {
  for (const char* options : {"-t ext4 -O mmp", "-b 4096 -O journal_dev", "-t ext4 -b 8192"}) {
    const Ext4Image image(options, 32 * kMiB);
    EXPECT_EQ(refusal(image).code(), ErrorCode::kUnsupported) << options << ": " << refusal(image).what();
  }
  const Ext4Image image("-t ext4", 32 * kMiB);
  image.debugfs_write("feature FEATURE_I31");
  EXPECT_EQ(refusal(image).code(), ErrorCode::kUnsupported) << refusal(image).what();
  MemoryStore nothing(Bytes{kMiB});
  EXPECT_EQ(open_ext4(nothing, kClock).error().code(), ErrorCode::kUnsupported);
  MemoryStore tiny(Bytes{100});
  EXPECT_EQ(open_ext4(tiny, kClock).error().code(), ErrorCode::kUnsupported);
}

TEST(Ext4Refusals, OfChangesWhereOnlyReadingIsSafe) {
  for (const char* options :
       {"-t ext4 -O bigalloc", "-t ext4 -O quota", "-t ext4 -O quota,project", "-t ext4 -O ea_inode"}) {
    const Ext4Image image(options, 64 * kMiB);
    FileStore store(image.path());
    const auto fs = open_ext4(store, kClock);
    ASSERT_TRUE(fs.ok()) << fs.error().what();
    EXPECT_TRUE((*fs)->list("/").ok());
    const auto status = (*fs)->write_file("/a", MemoryStore("x"), {});
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().code(), ErrorCode::kUnsupported) << status.error().what();
    EXPECT_TRUE((*fs)->close().ok());
    EXPECT_EQ(image.fsck(), "");
  }
}

TEST(Ext4Refusals, OfAnImageThatIsCutShort) {
  const Ext4Image image("-t ext4", 32 * kMiB);
  for (const Bytes size : {Bytes{1500}, Bytes{2048}, Bytes{16 * kMiB}, Bytes{32 * kMiB - 1}}) {
    std::filesystem::resize_file(image.path(), size);
    const Error error = refusal(image);
    EXPECT_EQ(error.code(), size < 2048 ? ErrorCode::kUnsupported : ErrorCode::kCorrupt) << error.what();
    if (size >= 2048) {
      EXPECT_NE(error.what().find("the image is cut short"), std::string::npos) << error.what();
    }
  }
}

TEST(Ext4Refusals, OfBitmapsThatCannotBeTrusted) {
  const Ext4Image plain("-t ext4 -O ^metadata_csum", 32 * kMiB);
  for (const char* command : {"freeb 200", "freeb 1500 3", "setb 7000", "freei <11>"}) {
    const Ext4Image image = plain.clone();
    image.debugfs_write(command);
    FileStore store(image.path());
    const auto fs = open_ext4(store, kClock);
    ASSERT_TRUE(fs.ok()) << fs.error().what();
    const auto status = (*fs)->write_file("/a", MemoryStore("x"), {});
    ASSERT_FALSE(status.ok()) << command;
    EXPECT_EQ(status.error().code(), ErrorCode::kCorrupt) << status.error().what();
  }
}

// "inode table at 98" and the like, from debugfs' own account of a file system of one group.
std::uint64_t number_after(const std::string& text, const std::string& words) {
  const auto at = text.find(words);
  return at == std::string::npos ? 0 : std::strtoull(text.c_str() + at + words.size(), nullptr, 10);
}

// The bitmap calls the block free, and every count agrees with it.
Ext4Image with_free_block(const Ext4Image& plain, std::uint64_t block) {
  Ext4Image image = plain.clone();
  const std::uint64_t free = number_after(image.debugfs("show_super_stats"), "\n           ");
  image.debugfs_write("freeb " + std::to_string(block));
  image.debugfs_write("set_bg 0 free_blocks_count " + std::to_string(free + 1));
  return image;
}

TEST(Ext4Refusals, OfMetadataThatIsCalledFree) {
  const Ext4Image plain("-t ext4 -b 1024 -O ^metadata_csum", 8 * kMiB);
  const std::string account = plain.debugfs("show_super_stats");
  for (const char* what : {"block bitmap at ", "inode bitmap at ", "inode table at "}) {
    const Ext4Image image = with_free_block(plain, number_after(account, what));
    FileStore store(image.path());
    const auto fs = open_ext4(store, kClock);
    ASSERT_TRUE(fs.ok()) << fs.error().what();
    const auto status = (*fs)->write_file("/a", MemoryStore("x"), {});
    ASSERT_FALSE(status.ok()) << what;
    EXPECT_EQ(status.error().code(), ErrorCode::kCorrupt) << status.error().what();
  }
}

// Its block may be another file's tomorrow; the library would free it a second time and go on.
TEST(Ext4Refusals, OfFreeingWhatIsFreeAlready) {
  test::TempFolder content;
  test::write_text(content / "file", "content\n");
  const Ext4Image plain("-t ext4 -b 1024 -O ^metadata_csum", 8 * kMiB, content.path());
  const std::uint64_t block = number_after(plain.debugfs("blocks /file"), "");
  ASSERT_NE(block, 0U);
  const Ext4Image image = with_free_block(plain, block);
  FileStore store(image.path());
  const auto fs = open_ext4(store, kClock);
  ASSERT_TRUE(fs.ok()) << fs.error().what();
  EXPECT_EQ(*(*fs)->read_file("/file", 100), "content\n");
  for (const Status& status : {(*fs)->remove("/file"), (*fs)->write_file("/file", MemoryStore("x"), {})}) {
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().code(), ErrorCode::kCorrupt) << status.error().what();
  }
  EXPECT_TRUE((*fs)->stat("/file").ok());
}

TEST(Ext4Refusals, OfAGroupWhoseDescriptorIsDamaged) {
  const Ext4Image image("-t ext4 -b 1024 -O metadata_csum", 8 * kMiB);
  std::string bytes = image.bytes();
  bytes[2048 + 0x10] ^= 1;  // bg_used_dirs_count_lo: nothing else depends on it
  MemoryStore store(bytes);
  const auto fs = open_ext4(store, kClock);
  ASSERT_FALSE(fs.ok());
  EXPECT_EQ(fs.error().code(), ErrorCode::kCorrupt) << fs.error().what();
}

// Single bytes of the structures that matter, changed one by one: an error or a success, never a crash, and never a
// file system that e2fsck finds worse when there was nothing wrong with it.
TEST(Ext4Refusals, SurvivesDamageOfManyKinds) {
  for (const char* options : {"-t ext4 -b 1024 -O metadata_csum,^has_journal",
                              "-t ext4 -b 1024 -O ^metadata_csum,inline_data,^has_journal", "-t ext2 -b 1024"}) {
    test::TempFolder content;
    test::write_text(content / "etc/hostname", "raspberrypi\n");
    for (int i = 0; i < 60; ++i) test::write_text(content / ("d/file-" + std::to_string(i)), std::string(90, 'x'));
    const Ext4Image image(options, 2 * kMiB, content.path());
    const std::string whole = image.bytes();
    std::mt19937 random(7);
    for (int round = 0; round < 400; ++round) {
      MemoryStore store(whole);
      for (unsigned i = 0; i < 1 + random() % 4; ++i) {
        // Superblock, descriptors, bitmaps, inode tables and the first folders lie in the first 600 KiB.
        const std::size_t reach = round % 2 == 0 ? 8 * kKiB : 600 * kKiB;
        store.bytes()[1024 + random() % reach] = static_cast<std::byte>(random() & 0xff);
      }
      auto fs = open_ext4(store, kClock);
      if (!fs.ok()) continue;
      static_cast<void>((*fs)->list("/d"));
      static_cast<void>((*fs)->stat("/etc/hostname"));
      static_cast<void>((*fs)->read_file("/etc/hostname", kMiB));
      static_cast<void>((*fs)->write_file("/etc/hostname", MemoryStore(Bytes{3000}), {0644, 0, 0, {{"user.a", "b"}}}));
      static_cast<void>((*fs)->write_file("/d/new", MemoryStore(Bytes{3000}), {}));
      static_cast<void>((*fs)->remove("/d/file-3"));
      static_cast<void>((*fs)->close());
    }
  }
}

}  // namespace
}  // namespace kraken
