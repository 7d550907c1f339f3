#include "fs/ext4/ext4_editor.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "block/memory.h"
#include "block/overlay.h"
#include "opened.h"
#include "support/ext4_image.h"

namespace kraken {
namespace {

using test::code;
using test::Ext4Image;
using test::FileStore;
using test::open;

constexpr const char* kPlain = "-t ext4 -b 4096 -O metadata_csum,^64bit";

TEST(Ext4Editor, SaysWhatItIs) {
  const Ext4Image image("-t ext4 -L rootfs", 32 * kMiB);
  FileStore store(image.path());
  const auto fs = open(store);
  EXPECT_EQ(fs->type_name(), "ext4");
  EXPECT_EQ(fs->label(), "rootfs");
  EXPECT_EQ(fs->space().total, 32 * kMiB);
  EXPECT_GT(fs->space().free, 20 * kMiB);
  EXPECT_EQ(fs->list("/")->size(), 1U);  // lost+found
}

TEST(Ext4Editor, ChangesNothingWhenNothingIsChanged) {
  const Ext4Image image(kPlain, 32 * kMiB);
  const std::string before = image.bytes();
  FileStore store(image.path());
  const auto fs = open(store);
  EXPECT_TRUE(fs->stat("/lost+found").ok());
  EXPECT_TRUE(fs->close().ok());
  EXPECT_EQ(image.bytes(), before);
  EXPECT_EQ(code(fs->stat("/")), ErrorCode::kInternal);  // closed
}

TEST(Ext4Editor, AnswersWithTheRightCodes) {
  const Ext4Image image(kPlain, 32 * kMiB);
  FileStore store(image.path());
  const auto fs = open(store);
  ASSERT_TRUE(fs->write_file("/file", MemoryStore("12345"), {}).ok());
  ASSERT_TRUE(fs->make_folder("/folder", {}).ok());
  ASSERT_TRUE(fs->write_file("/folder/x", MemoryStore("x"), {}).ok());
  ASSERT_TRUE(fs->make_symlink("/link", "folder", {}).ok());
  EXPECT_EQ(code(fs->stat("/no")), ErrorCode::kNotFound);
  EXPECT_EQ(code(fs->stat("/file/x")), ErrorCode::kNotFound);
  EXPECT_EQ(code(fs->stat("/link/x")), ErrorCode::kNotFound);  // links are not followed
  EXPECT_EQ(code(fs->read_file("/file", 4)), ErrorCode::kCorrupt);
  EXPECT_EQ(code(fs->read_file("/folder", 4)), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code(fs->read_link("/file")), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code(fs->list("/file")), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code(fs->write_file("/folder", MemoryStore("x"), {})), ErrorCode::kAlreadyExists);
  EXPECT_EQ(code(fs->write_file("/", MemoryStore("x"), {})), ErrorCode::kAlreadyExists);
  EXPECT_EQ(code(fs->write_file("/no/x", MemoryStore("x"), {})), ErrorCode::kNotFound);
  EXPECT_EQ(code(fs->make_folder("/file", {})), ErrorCode::kAlreadyExists);
  EXPECT_EQ(code(fs->make_folder("/", {})), ErrorCode::kAlreadyExists);
  EXPECT_EQ(code(fs->make_symlink("/folder", "x", {})), ErrorCode::kAlreadyExists);
  EXPECT_EQ(code(fs->remove("/no")), ErrorCode::kNotFound);
  EXPECT_EQ(code(fs->remove("/folder")), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code(fs->remove("/")), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code(fs->set_attributes("/no", {})), ErrorCode::kNotFound);
  EXPECT_TRUE(fs->close().ok());
  EXPECT_EQ(image.fsck(), "");
}

TEST(Ext4Editor, RefusesImpossibleNamesAndValues) {
  const Ext4Image image(kPlain, 32 * kMiB);
  FileStore store(image.path());
  const auto fs = open(store);
  const MemoryStore text("x");
  for (const std::string& path :
       {std::string("file"), std::string(""), std::string("/a//b"), std::string("/a/"), std::string("/."),
        std::string("/../x"), "/" + std::string(256, 'n'), std::string("/a\0b", 4)}) {
    EXPECT_EQ(code(fs->write_file(path, text, {})), ErrorCode::kInvalidArgument) << path;
  }
  EXPECT_TRUE(fs->write_file("/" + std::string(255, 'n'), text, {}).ok());
  for (const std::string& target : {std::string(""), std::string(4096, 't'), std::string("a\0b", 3)}) {
    EXPECT_EQ(code(fs->make_symlink("/l", target, {})), ErrorCode::kInvalidArgument);
  }
  EXPECT_TRUE(fs->make_symlink("/l", std::string(4095, 't'), {}).ok());
  for (const std::string name : {"plain", "user.", "system.data", "system.other", "system.posix_acl_access"}) {
    EXPECT_EQ(code(fs->write_file("/x", text, {0644, 0, 0, {{name, "v"}}})), ErrorCode::kInvalidArgument) << name;
  }
  EXPECT_EQ(code(fs->write_file("/x", text, {0644, 0, 0, {{"user.huge", std::string(5000, 'v')}}})),
            ErrorCode::kNoSpace);
  EXPECT_EQ(code(fs->stat("/x")), ErrorCode::kNotFound);
  EXPECT_TRUE(fs->close().ok());
  EXPECT_EQ(image.fsck(), "");
}

TEST(Ext4Editor, GivesReplacedHardLinksALifeOfTheirOwn) {
  test::TempFolder content;
  test::write_text(content / "one", "shared");
  std::filesystem::create_hard_link(content / "one", content / "two");
  const Ext4Image image(kPlain, 32 * kMiB, content.path());
  FileStore store(image.path());
  const auto fs = open(store);
  ASSERT_TRUE(fs->write_file("/one", MemoryStore("mine"), {}).ok());
  EXPECT_EQ(*fs->read_file("/two", 10), "shared");
  ASSERT_TRUE(fs->remove("/two").ok());
  ASSERT_TRUE(fs->close().ok());
  EXPECT_EQ(image.fsck(), "");
  EXPECT_EQ(image.dump("/one"), "mine");
}

// Reused, not leaked: replacing a file that takes most of the space works, and what is free stays the same.
TEST(Ext4Editor, ReusesTheBlocksOfWhatItReplaces) {
  const Ext4Image image(kPlain, 32 * kMiB);
  FileStore store(image.path());
  const auto fs = open(store);
  const Bytes size = fs->space().free / 3 * 2;
  ASSERT_TRUE(fs->write_file("/large", MemoryStore(size), {}).ok());
  const Bytes free = fs->space().free;
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(fs->write_file("/large", MemoryStore(size), {}).ok());
  EXPECT_EQ(fs->space().free, free);
  EXPECT_TRUE(fs->close().ok());
  EXPECT_EQ(image.fsck(), "");
}

TEST(Ext4Editor, KeepsHoles) {
  const Ext4Image image(kPlain, 32 * kMiB);
  FileStore store(image.path());
  const auto sparse = Overlay::open(std::make_shared<MemoryStore>(std::string_view("head")), 200 * kMiB);
  ASSERT_TRUE(sparse.ok());
  const MemoryStore tail("tail");
  ASSERT_TRUE((*sparse)->write(150 * kMiB + 77, tail.bytes()).ok());
  const auto fs = open(store);
  const Bytes free = fs->space().free;
  ASSERT_TRUE(fs->write_file("/sparse", **sparse, {}).ok());
  EXPECT_LE(free - fs->space().free, 4 * 4096U);
  const auto text = fs->read_file("/sparse", 200 * kMiB);
  ASSERT_TRUE(text.ok());
  EXPECT_EQ(text->size(), 200 * kMiB);
  EXPECT_EQ(text->substr(0, 5), std::string("head\0", 5));
  EXPECT_EQ(text->substr(150 * kMiB + 77, 4), "tail");
  EXPECT_TRUE(fs->close().ok());
  EXPECT_EQ(image.fsck(), "");
}

TEST(Ext4Editor, StoresAclsAsTheKernelDoes) {
  // user::rw-, user:1000:r--, group::r--, mask::r--, other::---, in the form of setxattr(2).
  const std::string acl(
      "\2\0\0\0\1\0\6\0\377\377\377\377\2\0\4\0\350\3\0\0\4\0\4\0\377\377\377\377\20\0\4\0\377\377\377\377\40\0\0\0"
      "\377\377\377\377",
      44);
  const Ext4Image image(kPlain, 32 * kMiB);
  FileStore store(image.path());
  const NodeAttributes attributes{0640, 0, 0, {{"system.posix_acl_access", acl}}};
  auto fs = open(store);
  ASSERT_TRUE(fs->write_file("/a", MemoryStore("x"), attributes).ok());
  EXPECT_EQ(fs->stat("/a")->attributes, attributes);
  ASSERT_TRUE(fs->close().ok());
  EXPECT_EQ(image.fsck(), "");
  // debugfs' raw view: version 1, ids only where a user or group is named.
  EXPECT_NE(
      image.debugfs("ea_get -r /a system.posix_acl_access").find("01 00 00 00 01 00 06 00 02 00 04 00 e8 03 00 00"),
      std::string::npos)
      << image.debugfs("ea_get -r -x /a system.posix_acl_access");
}

// Every write of a change fails once: the change is refused, and what was there before is there still.
TEST(Ext4Editor, TakesBackWhatAFailingStoreInterrupts) {
  const Ext4Image base("-t ext4 -b 1024 -O metadata_csum", 16 * kMiB);
  const NodeAttributes attributes{0644, 0, 0, {{"user.a", std::string(900, 'a')}}};
  {
    FileStore store(base.path());
    const auto fs = open(store);
    ASSERT_TRUE(fs->write_file("/a", MemoryStore(std::string(30'000, 'o')), attributes).ok());
    ASSERT_TRUE(fs->close().ok());
  }
  unsigned failures = 0;
  for (unsigned writes = 0;; ++writes) {
    const Ext4Image image = base.clone();
    FileStore store(image.path());
    const auto fs = open(store);
    const Bytes free = fs->space().free;
    store.fail_once_after(writes);
    const Status status = fs->write_file("/a", MemoryStore(std::string(50'000, 'n')), {});
    if (status.ok()) break;
    ++failures;
    EXPECT_EQ(status.error().code(), ErrorCode::kIo) << status.error().what();
    EXPECT_EQ(fs->space().free, free);
    EXPECT_EQ(fs->stat("/a")->attributes, attributes);
    ASSERT_TRUE(fs->close().ok());
    ASSERT_EQ(image.fsck(), "") << "write " << writes;
    ASSERT_EQ(image.dump("/a"), std::string(30'000, 'o'));
  }
  EXPECT_GT(failures, 5U);
}

// e2fsck starts from a backup when the first superblock is lost: it must find what the card holds then. (It distrusts
// the uninitialised flags of a backup's descriptors, on a file system fresh from mke2fs too, so its opinion is not
// asked.)
TEST(Ext4Editor, KeepsTheBackupsInStep) {
  const Ext4Image image("-t ext4 -b 1024 -O metadata_csum", 32 * kMiB);
  FileStore store(image.path());
  const auto fs = open(store);
  ASSERT_TRUE(fs->write_file("/a", MemoryStore(Bytes{300'000}), {}).ok());
  ASSERT_TRUE(fs->close().ok());
  const auto free_line = [&](const std::string& options) {
    const std::string text = test::run("dumpe2fs -h " + options + " " + image.path().string()).output;
    const auto at = text.find("Free blocks:");
    return at == std::string::npos ? text : text.substr(at, text.find('\n', at) - at);
  };
  EXPECT_EQ(free_line("-o superblock=8193 -o blocksize=1024"), free_line(""));
}

TEST(Ext4Editor, ReportsACloseThatFails) {
  const Ext4Image image(kPlain, 16 * kMiB);
  FileStore store(image.path());
  const auto fs = open(store);
  ASSERT_TRUE(fs->write_file("/a", MemoryStore("x"), {}).ok());
  store.fail_once_after(1);
  EXPECT_EQ(code(fs->close()), ErrorCode::kIo);
}

TEST(Ext4Editor, WorksOnSeveralThreads) {
  std::vector<Ext4Image> images;
  for (int i = 0; i < 4; ++i) images.emplace_back(kPlain, 16 * kMiB);
  std::vector<std::thread> threads;
  for (const Ext4Image& image : images) {
    threads.emplace_back([&image] {
      FileStore store(image.path());
      const auto fs = open(store);
      for (int i = 0; i < 100; ++i) {
        EXPECT_TRUE(fs->write_file("/f" + std::to_string(i), MemoryStore(Bytes{5000}), {}).ok());
      }
      EXPECT_TRUE(fs->close().ok());
    });
  }
  for (auto& thread : threads) thread.join();
  for (const Ext4Image& image : images) EXPECT_EQ(image.fsck(), "");
}

}  // namespace
}  // namespace kraken
