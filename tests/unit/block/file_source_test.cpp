#include "block/file_source.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <vector>

#include "support/temp_folder.h"
#include "sys/files.h"

namespace kraken {
namespace {

TEST(FileSource, ReadsAFileUpToItsEnd) {
  const test::TempFolder folder;
  ASSERT_TRUE(write_file_atomically(folder / "file", "abcdef", 0644).ok());
  const auto file = FileSource::open(folder / "file");
  ASSERT_TRUE(file.ok());
  EXPECT_EQ((*file)->size(), 6U);
  std::vector<std::byte> out(2);
  ASSERT_TRUE((*file)->read(4, out).ok());
  EXPECT_EQ(out, (std::vector<std::byte>{std::byte{'e'}, std::byte{'f'}}));
  EXPECT_EQ((*file)->read(5, out).error().code(), ErrorCode::kCorrupt);
  EXPECT_EQ((*file)->read(UINT64_MAX, out).error().code(), ErrorCode::kCorrupt);
}

TEST(FileSource, RefusesWhatIsNeitherFileNorDevice) {
  const test::TempFolder folder;
  EXPECT_EQ(FileSource::open(folder.path()).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(FileSource::open(folder / "none").error().code(), ErrorCode::kNotFound);
}

// Whatever the file system under the test makes of holes: none may be claimed where there is data, and where it keeps
// holes, which du(1) tells, they must be found, or every empty gigabyte of a base is read.
TEST(FileSource, FindsTheHoles) {
  const test::TempFolder folder;
  const auto path = folder / "sparse";
  ASSERT_TRUE(write_file_atomically(path, "", 0644).ok());
  ASSERT_EQ(::truncate(path.c_str(), 3 * kMiB), 0);
  const auto fd = open_file(path, O_WRONLY);
  ASSERT_TRUE(fd.ok());
  ASSERT_TRUE(write_all_at(fd->get(), kMiB, std::vector<std::byte>(kMiB, std::byte{1})).ok());
  struct stat info = {};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  if (static_cast<Bytes>(info.st_blocks) * 512 >= 3 * kMiB) GTEST_SKIP() << "the file system keeps no holes";
  const auto file = FileSource::open(path);
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(*(*file)->extent_at(0), (Extent{0, kMiB, true}));
  EXPECT_EQ(*(*file)->extent_at(kMiB + 100), (Extent{kMiB + 100, kMiB - 100, false}));
  EXPECT_EQ(*(*file)->extent_at(2 * kMiB), (Extent{2 * kMiB, kMiB, true}));
  EXPECT_FALSE((*file)->extent_at(3 * kMiB).ok());
}

}  // namespace
}  // namespace kraken
