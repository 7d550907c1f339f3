#include "sys/files.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "support/temp_folder.h"

namespace kraken {
namespace {

namespace fs = std::filesystem;

unsigned mode_of(const fs::path& path) {
  struct stat info = {};
  EXPECT_EQ(::stat(path.c_str(), &info), 0);
  return info.st_mode & 07777;
}

long entries_in(const fs::path& folder) {
  return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
}

TEST(Files, ReadsUpToTheLimit) {
  const test::TempFolder folder;
  const auto path = folder / "file";
  ASSERT_TRUE(write_file_atomically(path, std::string(1000, 'x'), 0644).ok());
  EXPECT_EQ(*read_whole_file(path, 1000), std::string(1000, 'x'));
  EXPECT_EQ(read_whole_file(path, 999).error().code(), ErrorCode::kCorrupt);
  EXPECT_EQ(read_whole_file(folder / "none", 1000).error().code(), ErrorCode::kNotFound);
}

// The new content is a new file: whoever has the old one open goes on reading the old one, whole.
TEST(Files, ReplacesAFileInOneStep) {
  const test::TempFolder folder;
  const auto path = folder / "file";
  ASSERT_TRUE(write_file_atomically(path, "old", 0644).ok());
  const auto reader = open_file(path, O_RDONLY);
  ASSERT_TRUE(reader.ok());
  ASSERT_TRUE(write_file_atomically(path, "new", 0644).ok());
  std::array<std::byte, 3> seen{};
  ASSERT_TRUE(read_all_at(reader->get(), 0, seen).ok());
  EXPECT_EQ(seen, (std::array{std::byte{'o'}, std::byte{'l'}, std::byte{'d'}}));
  EXPECT_EQ(*read_whole_file(path, 10), "new");
  EXPECT_EQ(entries_in(folder.path()), 1);
}

TEST(Files, TellsBeforehandWhetherAFileCanBeWritten) {
  const test::TempFolder folder;
  fs::create_directory(folder / "folder");
  fs::create_symlink("none", folder / "link");
  // As long as a name may be, so that none is left for the temporary file.
  for (const std::string& name : {std::string("folder"), std::string("none/file"), std::string(255, 'n')}) {
    EXPECT_FALSE(check_atomic_write(folder / name).ok()) << name;
    EXPECT_FALSE(write_file_atomically(folder / name, "", 0600).ok()) << name;
  }
  for (const char* name : {"file", "link"}) EXPECT_TRUE(check_atomic_write(folder / name).ok()) << name;
  EXPECT_EQ(entries_in(folder.path()), 2);
}

TEST(Files, GivesExactlyTheModeWhateverTheUmask) {
  const test::TempFolder folder;
  const mode_t before = ::umask(077);
  const Status open_to_all = write_file_atomically(folder / "open", "", 0644);
  ::umask(0);
  const Status closed = write_file_atomically(folder / "closed", "", 0600);
  ::umask(before);
  ASSERT_TRUE(open_to_all.ok() && closed.ok());
  EXPECT_EQ(mode_of(folder / "open"), 0644U);
  EXPECT_EQ(mode_of(folder / "closed"), 0600U);
}

TEST(Files, LeaveNothingBehindWhenTheyCannotGetTheirName) {
  const test::TempFolder folder;
  fs::create_directories(folder / "taken/by a folder");
  EXPECT_FALSE(write_file_atomically(folder / "taken", "text", 0644).ok());
  EXPECT_EQ(entries_in(folder.path()), 1);
  EXPECT_TRUE(fs::is_directory(folder / "taken/by a folder"));
}

TEST(Files, ReadNothingPastTheEnd) {
  const test::TempFolder folder;
  ASSERT_TRUE(write_file_atomically(folder / "file", "abc", 0644).ok());
  const auto fd = open_file(folder / "file", O_RDONLY);
  ASSERT_TRUE(fd.ok());
  std::array<std::byte, 2> out{};
  EXPECT_TRUE(read_all_at(fd->get(), 1, out).ok());
  EXPECT_EQ(read_all_at(fd->get(), 2, out).error().code(), ErrorCode::kCorrupt);
}

TEST(Files, MakesAllFoldersOfAPath) {
  const test::TempFolder folder;
  EXPECT_TRUE(make_folders(folder / "a/b/c").ok());
  EXPECT_TRUE(make_folders(folder / "a/b/c").ok());
  EXPECT_TRUE(fs::is_directory(folder / "a/b/c"));
  ASSERT_TRUE(write_file_atomically(folder / "file", "", 0644).ok());
  EXPECT_EQ(make_folders(folder / "file").error().code(), ErrorCode::kAlreadyExists);
  EXPECT_FALSE(make_folders(folder / "file/below").ok());
}

}  // namespace
}  // namespace kraken
