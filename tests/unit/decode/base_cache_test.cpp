#include "decode/base_cache.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <fstream>

#include "support/sample_image.h"
#include "support/temp_folder.h"

namespace kraken {
namespace {

namespace fs = std::filesystem;
using test::run;
using test::sample_image;
using test::sha256sum;

std::size_t files_in(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

class Cache : public testing::Test {
 protected:
  void SetUp() override {
    test::write_bytes(image(), content_);
    ASSERT_EQ(run("xz -k -T2 --block-size=64KiB " + image().string()).status, 0);
  }
  fs::path image() const { return folder_ / "base.img"; }
  fs::path packed() const { return folder_ / "base.img.xz"; }
  fs::path cache_folder() const { return folder_ / "cache"; }
  BaseCache open() const {
    auto cache = BaseCache::open(cache_folder());
    if (!cache.ok()) ADD_FAILURE() << cache.error().what();
    return std::move(*cache);
  }
  std::size_t published() const { return files_in(cache_folder() / "images"); }
  std::vector<std::byte> content_of(const CachedBase& base) const {
    std::vector<std::byte> bytes(base.size);
    EXPECT_TRUE(base.image->read(0, bytes).ok());
    return bytes;
  }
  void expect_base_error(const Result<CachedBase>& base, const std::string& part) const {
    ASSERT_FALSE(base.ok());
    EXPECT_EQ(base.error().code(), ErrorCode::kBaseImage);
    EXPECT_NE(base.error().what().find(part), std::string::npos) << base.error().what();
    EXPECT_EQ(files_in(cache_folder() / "tmp"), 0U);
  }

  test::TempFolder folder_;
  std::vector<std::byte> content_ = sample_image(3 * kMiB + 512);
};

TEST_F(Cache, DecodesOnceAndRemembers) {
  const BaseCache cache = open();
  const auto first = cache.obtain(packed());
  ASSERT_TRUE(first.ok()) << first.error().what();
  EXPECT_FALSE(first->was_cached);
  EXPECT_EQ(first->sha256, sha256sum(image()));
  EXPECT_EQ(first->file_sha256, sha256sum(packed()));
  EXPECT_EQ(first->size, content_.size());
  EXPECT_TRUE(content_of(*first) == content_);
  EXPECT_TRUE(test::read_bytes(first->path) == content_);
  EXPECT_EQ(fs::status(first->path).permissions(), fs::perms{0444});  // nobody's editor or dd changes it by mistake

  const auto start = std::chrono::steady_clock::now();
  const auto second = open().obtain(packed());
  const auto took = std::chrono::steady_clock::now() - start;
  ASSERT_TRUE(second.ok()) << second.error().what();
  EXPECT_TRUE(second->was_cached);
  EXPECT_EQ(second->path, first->path);
  EXPECT_EQ(second->file_sha256, first->file_sha256);
  EXPECT_TRUE(content_of(*second) == content_);
  EXPECT_LT(took, std::chrono::milliseconds(500));  // 50 are meant, on a machine with nothing else to do
}

TEST_F(Cache, TellsFormatsByContentNotByName) {
  const BaseCache cache = open();
  for (const std::string pack : {"xz -c", "zstd -q -c", "gzip -c", "bzip2 -c", "zip -q -"}) {
    const fs::path file = folder_ / "image.img";
    ASSERT_EQ(run(pack + " " + image().string() + " > " + file.string()).status, 0);
    const auto base = cache.obtain(file);
    ASSERT_TRUE(base.ok()) << pack << ": " << base.error().what();
    EXPECT_EQ(base->file_sha256, sha256sum(file));
    EXPECT_TRUE(content_of(*base) == content_);
  }
  EXPECT_EQ(published(), 2U);  // one image and its record, five ways to it
}

TEST_F(Cache, ZerosBecomeHoles) {
  const fs::path big = folder_ / "big.img";
  test::write_bytes(big, sample_image(kMiB));
  fs::resize_file(big, 200 * kMiB);
  ASSERT_EQ(run("zstd -q " + big.string()).status, 0);
  const auto base = open().obtain(folder_ / "big.img.zst");
  ASSERT_TRUE(base.ok()) << base.error().what();
  EXPECT_EQ(base->sha256, sha256sum(big));
  struct stat info = {};
  ASSERT_EQ(::stat(base->path.c_str(), &info), 0);
  EXPECT_EQ(info.st_size, static_cast<off_t>(200 * kMiB));
  EXPECT_LT(static_cast<Bytes>(info.st_blocks) * 512, kMiB);
  const auto extent = base->image->extent_at(100 * kMiB);
  ASSERT_TRUE(extent.ok());
  EXPECT_TRUE(extent->is_hole);
}

TEST_F(Cache, UsesARawImageWhereItLies) {
  const BaseCache cache = open();
  const auto first = cache.obtain(image());
  ASSERT_TRUE(first.ok()) << first.error().what();
  EXPECT_EQ(first->path, fs::canonical(image()));
  EXPECT_EQ(first->sha256, sha256sum(image()));
  EXPECT_EQ(first->file_sha256, first->sha256);
  EXPECT_EQ(published(), 0U);
  EXPECT_TRUE(cache.obtain(image())->was_cached);

  content_[1000] ^= std::byte{1};
  test::write_bytes(image(), content_);
  const auto changed = cache.obtain(image());
  ASSERT_TRUE(changed.ok());
  EXPECT_FALSE(changed->was_cached);
  EXPECT_EQ(changed->sha256, sha256sum(image()));
}

// A node's image is made from it for minutes: nothing of the change may get there as if it had been hashed.
TEST_F(Cache, ARawImageThatChangesIsNotReadOn) {
  const BaseCache cache = open();
  for (int i = 0; i < 2; ++i) {
    const auto base = cache.obtain(image());
    ASSERT_TRUE(base.ok()) << base.error().what();
    EXPECT_EQ(base->was_cached, i == 1);
    EXPECT_TRUE(content_of(*base) == content_);
    EXPECT_TRUE(base->image->extent_at(0).ok());
    if (i == 0) continue;
    std::fstream(image()).seekp(2 * kMiB).put('x');
    std::vector<std::byte> bytes(kSectorSize);
    const Status read = base->image->read(0, bytes);
    ASSERT_FALSE(read.ok());
    EXPECT_EQ(read.error().code(), ErrorCode::kBaseImage);
    EXPECT_NE(read.error().what().find("changed while it was read"), std::string::npos) << read.error().what();
    EXPECT_FALSE(base->image->extent_at(0).ok());
  }
}

// A change right after hashing, of the same size and with the modification time put back, is a change.
TEST_F(Cache, SeesAChangeThatHidesItsTime) {
  const BaseCache cache = open();
  const std::string before = cache.obtain(image())->sha256;
  struct stat info = {};
  ASSERT_EQ(::stat(image().c_str(), &info), 0);
  content_[1000] ^= std::byte{1};
  test::write_bytes(image(), content_);
  const std::array<timespec, 2> times = {info.st_atim, info.st_mtim};
  ASSERT_EQ(::utimensat(AT_FDCWD, image().c_str(), times.data(), 0), 0);
  EXPECT_NE(cache.obtain(image())->sha256, before);
}

// A download that is still running, or somebody who packs the image anew: nothing is published of what was read.
TEST_F(Cache, RefusesAFileThatChangesWhileItIsRead) {
  const BaseCache cache = open();
  for (const fs::path& file : {packed(), image()}) {
    const auto touch = [&](Bytes, Bytes) {
      fs::last_write_time(file, fs::last_write_time(file) + std::chrono::hours(1));
      return true;
    };
    expect_base_error(cache.obtain(file, {}, touch), "changed");
    EXPECT_EQ(published(), 0U);
    EXPECT_FALSE(cache.obtain(file)->was_cached);
    fs::remove_all(cache_folder() / "images");
    fs::create_directory(cache_folder() / "images");
  }
}

TEST_F(Cache, ACopyOfAKnownFileIsNotDecodedAgain) {
  const BaseCache cache = open();
  ASSERT_TRUE(cache.obtain(packed()).ok());
  fs::copy_file(packed(), folder_ / "copy");
  const auto copy = cache.obtain(folder_ / "copy");
  ASSERT_TRUE(copy.ok()) << copy.error().what();
  EXPECT_TRUE(copy->was_cached);
}

TEST_F(Cache, ComparesDigests) {
  const BaseCache cache = open();
  std::string upper = sha256sum(packed());
  std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  const std::string wrong(64, '0');
  for (int round = 0; round < 2; ++round) {  // decoded, then remembered
    expect_base_error(cache.obtain(packed(), {.file_sha256 = wrong}), wrong);
    expect_base_error(cache.obtain(packed(), {.image_sha256 = wrong}), sha256sum(image()));
    expect_base_error(cache.obtain(packed(), {.image_size = 512}), std::to_string(content_.size()));
    expect_base_error(cache.obtain(image(), {.file_sha256 = wrong}), sha256sum(image()));
    EXPECT_EQ(published(), round == 0 ? 0U : 2U);
    const auto base = cache.obtain(
        packed(), {.file_sha256 = upper, .image_sha256 = sha256sum(image()), .image_size = content_.size()});
    ASSERT_TRUE(base.ok()) << base.error().what();
    ASSERT_TRUE(cache.obtain(image(), {.image_sha256 = sha256sum(image())}).ok());
  }
  expect_base_error(cache.obtain(packed(), {.file_sha256 = "abc"}), "64 hexadecimal digits");
}

TEST_F(Cache, RefusesWhatIsNoImage) {
  const BaseCache cache = open();
  const fs::path file = folder_ / "file";
  const auto refuse = [&](const std::string& shell, const std::string& part) {
    ASSERT_EQ(run("(" + shell + ") > " + file.string()).status, 0);
    expect_base_error(cache.obtain(file), part);
    expect_base_error(cache.obtain(file), file.string());
  };
  refuse("true", "empty");
  refuse("printf x", "512-byte sectors");
  refuse("echo '<!DOCTYPE html><title>404</title>'", "web page");
  refuse("tar -C /etc -cf - hostname", "tar archive");
  refuse("tar -C /etc -czf - hostname", "tar archive");
  refuse("head -c 20000 " + packed().string(), "cut off");
  refuse("cat " + packed().string() + "; echo x", "xz");
  expect_base_error(cache.obtain(folder_ / "missing"), "No such file");
  expect_base_error(cache.obtain(folder_.path()), "not a regular file");
  ASSERT_EQ(::mkfifo((folder_ / "fifo").c_str(), 0600), 0);
  expect_base_error(cache.obtain(folder_ / "fifo"), "not a regular file");
  EXPECT_EQ(published(), 0U);
}

TEST_F(Cache, ADamagedEntryIsMadeAgain) {
  const BaseCache cache = open();
  const fs::path entry = cache.obtain(packed())->path;
  fs::permissions(entry, fs::perms::owner_all);
  const auto obtain_again = [&] {
    const auto base = cache.obtain(packed());
    ASSERT_TRUE(base.ok()) << base.error().what();
    EXPECT_FALSE(base->was_cached);
    EXPECT_TRUE(test::read_bytes(entry) == content_);
    fs::permissions(entry, fs::perms::owner_all);
  };
  const auto written = fs::last_write_time(entry);
  fs::resize_file(entry, kMiB);
  fs::last_write_time(entry, written);
  obtain_again();
  ASSERT_EQ(run("printf x | dd conv=notrunc bs=1 seek=70000 of=" + entry.string()).status, 0);
  obtain_again();
  fs::remove(entry);
  obtain_again();
}

TEST_F(Cache, ABadRecordIsNoRecord) {
  const BaseCache cache = open();
  ASSERT_TRUE(cache.obtain(packed()).ok());
  const std::vector<std::string> contents = {
      "",
      "{",
      "null",
      "[]",
      "{\"version\": 2}",
      std::string(100'000, ' '),
      "{\"version\": 1, \"sha256\": \"../../x\"}",
      "{\"version\": 1, \"identity\": 7, \"file_sha256\": [], \"image_sha256\": \"" + std::string(64, 'A') + "\"}"};
  for (const std::string part : {"images", "files", "paths"}) {
    for (const std::string& content : contents) {
      for (const auto& entry : fs::directory_iterator(cache_folder() / part)) {
        if (entry.path().extension() != ".json") continue;
        fs::permissions(entry, fs::perms::owner_all);
        std::ofstream(entry.path()) << content;
      }
      const auto base = cache.obtain(packed());
      ASSERT_TRUE(base.ok()) << part << " " << content << ": " << base.error().what();
      EXPECT_TRUE(content_of(*base) == content_);
    }
  }
}

TEST_F(Cache, ARecordOfAnotherVersionIsNoRecord) {
  const BaseCache cache = open();
  const fs::path entry = cache.obtain(packed())->path;
  const fs::path record = fs::path(entry).replace_extension(".json");
  fs::permissions(record, fs::perms::owner_all);
  ASSERT_EQ(run("sed -i 's/\\(\"version\": *\\)1/\\12/' " + record.string()).status, 0);
  EXPECT_FALSE(cache.obtain(packed())->was_cached);
  EXPECT_TRUE(cache.obtain(packed())->was_cached);
}

TEST_F(Cache, StopsWhenAsked) {
  const BaseCache cache = open();
  int calls = 0;
  const auto base = cache.obtain(packed(), {}, [&](Bytes, Bytes) { return ++calls < 3; });
  ASSERT_FALSE(base.ok());
  EXPECT_EQ(base.error().code(), ErrorCode::kInterrupted);
  EXPECT_EQ(published(), 0U);
  EXPECT_EQ(files_in(cache_folder() / "tmp"), 0U);
  EXPECT_EQ(cache.obtain(image(), {}, [](Bytes, Bytes) { return false; }).error().code(), ErrorCode::kInterrupted);
  EXPECT_FALSE(cache.obtain(image())->was_cached);
}

TEST_F(Cache, TellsHowFarItIs) {
  Bytes last = 0;
  Bytes total = 0;
  ASSERT_TRUE(open()
                  .obtain(packed(), {},
                          [&](Bytes done, Bytes all) {
                            EXPECT_GE(done, last);
                            last = done;
                            total = all;
                            return true;
                          })
                  .ok());
  EXPECT_EQ(last, fs::file_size(packed()));
  EXPECT_EQ(total, fs::file_size(packed()));
}

TEST(CacheFolder, FollowsTheXdgSpecification) {
  ::setenv("XDG_CACHE_HOME", "/some/where", 1);
  EXPECT_EQ(*BaseCache::default_folder(), "/some/where/kraken-image");
  ::setenv("XDG_CACHE_HOME", "relative", 1);
  ::setenv("HOME", "/home/somebody", 1);
  EXPECT_EQ(*BaseCache::default_folder(), "/home/somebody/.cache/kraken-image");
  ::unsetenv("XDG_CACHE_HOME");
}

TEST(CacheFolder, ThatCannotBeMadeIsSaid) {
  const auto cache = BaseCache::open("/proc/kraken");
  ASSERT_FALSE(cache.ok());
  EXPECT_EQ(cache.error().code(), ErrorCode::kBaseImage);
  EXPECT_NE(cache.error().what().find("/proc/kraken"), std::string::npos) << cache.error().what();
}

}  // namespace
}  // namespace kraken
