#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <fstream>

#include "base/text.h"
#include "block/file_source.h"
#include "block/memory.h"
#include "burn/writer.h"
#include "support/faulty_sink.h"
#include "support/sparse_memory.h"
#include "support/temp_folder.h"
#include "sys/files.h"

namespace kraken {
namespace {

constexpr Bytes kSize = 3 * kMiB + 1536;

test::SparseMemory image() {
  test::SparseMemory store(kSize);
  EXPECT_TRUE(store.write(0, std::vector<std::byte>(512, std::byte{0x11})).ok());
  EXPECT_TRUE(store.write(2 * kMiB - 100, std::vector<std::byte>(5000, std::byte{0x22})).ok());
  return store;
}

std::size_t files_in(const std::filesystem::path& folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

// The file that is open in the folder, named or not.
std::filesystem::path file_under_way(const std::filesystem::path& folder) {
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code ignored;
    const std::string leads_to = std::filesystem::read_symlink(entry, ignored);
    if (leads_to.starts_with(folder.string() + "/")) return entry;
  }
  ADD_FAILURE() << "no file is open in " << folder;
  return {};
}

struct stat stat_of(const std::filesystem::path& path) {
  struct stat info = {};
  EXPECT_EQ(::stat(path.c_str(), &info), 0);
  return info;
}

TEST(FileTarget, PublishesTheImageSparseAndPrivate) {
  const test::TempFolder folder;
  const auto name = folder / "node.img";
  const auto source = image();
  auto target = open_file_target(name, source.size());
  ASSERT_TRUE(target.ok()) << target.error().what();
  EXPECT_FALSE(std::filesystem::exists(name));
  const auto report = burn_image(source, **target, {});
  ASSERT_TRUE(report.ok()) << report.error().what();
  EXPECT_EQ(report->verified, report->written);
  EXPECT_EQ(files_in(folder.path()), 1U);
  const auto info = stat_of(name);
  EXPECT_EQ(info.st_mode & 07777U, 0600U);
  EXPECT_EQ(static_cast<Bytes>(info.st_size), kSize);
  EXPECT_LT(info.st_blocks * 512, 64 * 1024);

  const auto file = FileSource::open(name);
  std::vector<std::byte> found(kSize);
  std::vector<std::byte> wanted(kSize);
  ASSERT_TRUE((*file)->read(0, found).ok());
  ASSERT_TRUE(source.read(0, wanted).ok());
  EXPECT_TRUE(found == wanted);
}

// So that nothing is left when the program is killed.
TEST(FileTarget, HasNoNameBeforeTheEnd) {
  const test::TempFolder folder;
  const auto target = open_file_target(folder / "node.img", kMiB);
  ASSERT_TRUE(target.ok()) << target.error().what();
  const UniqueFd unnamed(::open(folder.path().c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (!unnamed.valid()) GTEST_SKIP() << "this file system knows no files without names";
  EXPECT_EQ(files_in(folder.path()), 0U);
}

TEST(FileTarget, ReplacesAnOlderFileOnlyAtTheEnd) {
  const test::TempFolder folder;
  const auto name = folder / "node.img";
  ASSERT_TRUE(write_file_atomically(name, "old", 0644).ok());
  const auto source = image();
  {
    auto target = open_file_target(name, source.size());
    ASSERT_TRUE(target.ok());
    std::atomic<bool> stop{true};
    BurnOptions options;
    options.stop = &stop;
    EXPECT_EQ(burn_image(source, **target, options).error().code(), ErrorCode::kInterrupted);
  }
  EXPECT_EQ(*read_whole_file(name, 100), "old");
  EXPECT_EQ(files_in(folder.path()), 1U) << "the temporary file is gone";
  auto target = open_file_target(name, source.size());
  ASSERT_TRUE(burn_image(source, **target, {}).ok());
  EXPECT_EQ(stat_of(name).st_mode & 07777U, 0600U);
}

TEST(FileTarget, RefusesWhatIsNoFile) {
  const test::TempFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  std::filesystem::create_symlink("/dev/null", folder / "link");
  for (const auto& name : {folder.path(), folder / "pipe", folder / "link", std::filesystem::path("/dev/null"),
                           folder / "none/node.img", folder / "name/", std::filesystem::path()}) {
    const auto target = open_file_target(name, kMiB);
    ASSERT_FALSE(target.ok()) << name;
    EXPECT_EQ(target.error().code(), ErrorCode::kTargetRefused) << target.error().what();
  }
  EXPECT_EQ(open_file_target(folder / "huge", UINT64_MAX).error().code(), ErrorCode::kTargetRefused);
  EXPECT_EQ(files_in(folder.path()), 2U);
}

// A link's place would be taken, and what it leads to stay as it is.
TEST(FileTarget, RefusesLinks) {
  const test::TempFolder folder;
  ASSERT_TRUE(write_file_atomically(folder / "old.img", "old", 0644).ok());
  std::filesystem::create_symlink("old.img", folder / "link");
  std::filesystem::create_symlink("none.img", folder / "dangling");
  for (const char* name : {"link", "dangling"}) {
    const auto target = open_file_target(folder / name, kMiB);
    ASSERT_FALSE(target.ok()) << name;
    EXPECT_EQ(target.error().code(), ErrorCode::kTargetRefused);
    EXPECT_NE(target.error().what().find("symbolic link"), std::string::npos) << target.error().what();
  }
  EXPECT_EQ(files_in(folder.path()), 3U);
}

TEST(FileTarget, TakesANameInTheCurrentFolder) {
  const test::TempFolder folder;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  const auto source = image();
  auto target = open_file_target("node.img", source.size());
  ASSERT_TRUE(target.ok()) << target.error().what();
  const auto report = burn_image(source, **target, {});
  std::filesystem::current_path(before);
  EXPECT_TRUE(report.ok()) << report.error().what();
  EXPECT_EQ(files_in(folder.path()), 1U);
}

// Thousands of transfers are asked for at a time.
TEST(FileTarget, TakesAnImageFullOfSmallHoles) {
  const test::TempFolder folder;
  test::SparseMemory source(20 * kMiB);
  for (Bytes at = 0; at < source.size(); at += 2 * test::SparseMemory::kBlock) {
    ASSERT_TRUE(source.write(at, std::vector<std::byte>(10, static_cast<std::byte>(at / 8192 % 255 + 1))).ok());
  }
  auto target = open_file_target(folder / "node.img", source.size());
  ASSERT_TRUE(target.ok()) << target.error().what();
  const auto report = burn_image(source, **target, {});
  ASSERT_TRUE(report.ok()) << report.error().what();
  EXPECT_EQ(report->written, source.size() / 2);
  const auto content = read_whole_file(folder / "node.img", kGiB);
  std::vector<std::byte> wanted(source.size());
  ASSERT_TRUE(source.read(0, wanted).ok());
  EXPECT_EQ(*content, std::string(as_text(wanted)));
}

// A limit on file sizes fails a write as a full disk does, at an offset that is known.
TEST(FileTarget, LeavesNoFileWhenWritingFails) {
  const test::TempFolder folder;
  const MemoryStore source(std::vector<std::byte>(kSize, std::byte{0x33}));
  {
    auto target = open_file_target(folder / "node.img", source.size());
    ASSERT_TRUE(target.ok());
    ::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    rlimit small = before;
    small.rlim_cur = 2 * kMiB;
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    const auto report = burn_image(source, **target, {});
    ::setrlimit(RLIMIT_FSIZE, &before);
    ASSERT_FALSE(report.ok());
    EXPECT_EQ(report.error().code(), ErrorCode::kWriteFailed);
    EXPECT_NE(report.error().what().find("node.img"), std::string::npos);
    EXPECT_NE(report.error().what().find(std::to_string(2 * kMiB)), std::string::npos) << report.error().what();
  }
  EXPECT_EQ(files_in(folder.path()), 0U);
}

TEST(FileTarget, SaysThatTheFileSystemIsFull) {
  const test::TempFolder folder;
  const auto mounted = test::run("mount -t tmpfs -o size=1m tmpfs " + folder.path().string());
  if (mounted.status != 0) GTEST_SKIP() << "mounting a small tmpfs needs root: " << mounted.output;
  const MemoryStore source(std::vector<std::byte>(kSize, std::byte{0x33}));
  {
    auto target = open_file_target(folder / "node.img", source.size());
    ASSERT_TRUE(target.ok()) << target.error().what();
    const auto report = burn_image(source, **target, {});
    EXPECT_EQ(report.error().code(), ErrorCode::kWriteFailed);
    EXPECT_NE(report.error().what().find("is full; free space there"), std::string::npos) << report.error().what();
  }
  EXPECT_EQ(files_in(folder.path()), 0U);
  EXPECT_EQ(test::run("umount " + folder.path().string()).status, 0);
}

// Someone else overwrites the file before it is read back, which begins as soon as it was flushed.
TEST(FileTarget, ReadsBackWhatIsInTheFile) {
  const test::TempFolder folder;
  const MemoryStore source(std::vector<std::byte>(kSize, std::byte{0x33}));
  auto target = open_file_target(folder / "node.img", source.size());
  ASSERT_TRUE(target.ok());
  BurnOptions options;
  options.progress = [&](const BurnProgress& progress) {
    if (progress.phase != BurnPhase::kFlush) return;
    std::fstream file(file_under_way(folder.path()), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(kSize - 1));
    file.put('x');
  };
  const auto report = burn_image(source, **target, options);
  ASSERT_FALSE(report.ok());
  EXPECT_NE(report.error().what().find("byte " + std::to_string(kSize - 1) + ": reads back as other data"),
            std::string::npos)
      << report.error().what();
  EXPECT_FALSE(std::filesystem::exists(folder / "node.img"));
}

}  // namespace
}  // namespace kraken
