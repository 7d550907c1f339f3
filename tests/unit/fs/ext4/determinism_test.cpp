// Nothing of the machine's own clock, and nothing by chance, gets into an image.
#include "fs/ext4/ext4_editor.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <thread>

#include "block/memory.h"
#include "opened.h"
#include "support/ext4_image.h"

namespace kraken {
namespace {

using test::Ext4Image;
using test::FileStore;
using test::kClock;
using test::open;

TEST(Ext4Determinism, RefusesAClockThatAnInodeCannotHold) {
  const Ext4Image image("-t ext4", 32 * kMiB);
  FileStore store(image.path());
  EXPECT_EQ(open_ext4(store, -1).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(open_ext4(store, 0x400000000).error().code(), ErrorCode::kInvalidArgument);
}

TEST(Ext4Determinism, DatesByTheClockAlone) {
  for (const std::int64_t clock : {std::int64_t{0}, kClock, std::int64_t{4'500'000'000}}) {
    const Ext4Image image("-t ext4 -b 4096", 32 * kMiB);
    FileStore store(image.path());
    const auto fs = open(store, clock);
    ASSERT_TRUE(fs->write_file("/a", MemoryStore("x"), {}).ok());
    ASSERT_TRUE(fs->write_file("/b", MemoryStore("x"), {}).ok());
    ASSERT_TRUE(fs->remove("/b").ok());
    EXPECT_EQ(fs->stat("/a")->mtime, std::max<std::int64_t>(clock, 1));
    ASSERT_TRUE(fs->close().ok());
    EXPECT_EQ(image.fsck(), "");
    const std::string stat = image.debugfs("stat /a");
    for (const char* field : {"ctime: ", "atime: ", "mtime: ", "crtime: "}) {
      char expected[32];
      const auto low = static_cast<std::uint32_t>(std::max<std::int64_t>(clock, 1));
      std::snprintf(expected, sizeof expected, "%s0x%08x", field, low);
      EXPECT_NE(stat.find(expected), std::string::npos) << expected << "\n" << stat;
    }
    // The inode after /a's was /b's. A time of deletion below the count of inodes would be a link of the orphan list.
    const std::string deleted = image.debugfs("stat <13>");
    const auto dtime = deleted.find("dtime: 0x");
    ASSERT_NE(dtime, std::string::npos) << deleted;
    const std::int64_t inodes = 32 * kMiB / 4096;  // what mke2fs makes
    EXPECT_EQ(std::stoll(deleted.substr(dtime + 9, 8), nullptr, 16), std::max(clock, inodes) & 0xffffffff) << deleted;
    // s_wtime_hi: Documentation/filesystems/ext4/super.rst.
    std::array<std::byte, 1> high{};
    ASSERT_TRUE(store.read(1024 + 0x274, high).ok());
    EXPECT_EQ(high[0], static_cast<std::byte>(clock >> 32));
  }
}

// The same edits twice, at different times of day, on an image whose free blocks are scattered.
TEST(Ext4Determinism, WritesTheSameBytesTwice) {
  const Ext4Image first("-t ext4 -b 1024 -O metadata_csum,orphan_file", 32 * kMiB);
  const Ext4Image second = first.clone();
  const auto edit = [](const Ext4Image& image) {
    FileStore store(image.path());
    const auto fs = open(store);
    for (int i = 0; i < 200; ++i) {
      const std::string name = "/f" + std::to_string(i * 7 % 200);
      ASSERT_TRUE(fs->write_file(name, MemoryStore(Bytes{700} * static_cast<unsigned>(i)), {}).ok());
      if (i % 3 == 0) {
        ASSERT_TRUE(fs->remove(name).ok());
      }
    }
    ASSERT_TRUE(fs->make_folder("/d", {0755, 1, 1, {{"user.z", "1"}, {"user.a", "2"}}}).ok());
    ASSERT_TRUE(fs->close().ok());
  };
  edit(first);
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));
  edit(second);
  EXPECT_EQ(first.fsck(), "");
  EXPECT_TRUE(first.bytes() == second.bytes());
}

}  // namespace
}  // namespace kraken
