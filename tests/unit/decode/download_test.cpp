#include "decode/download.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "decode/base_cache.h"
#include "support/http_server.h"
#include "support/sample_image.h"
#include "support/temp_folder.h"
#include "sys/files.h"

namespace kraken {
namespace {

namespace fs = std::filesystem;
using test::sha256sum;

bool folder_is_empty(const fs::path& folder) {
  return fs::directory_iterator(folder) == fs::directory_iterator();
}

class Download : public testing::Test {
 protected:
  void SetUp() override {
    ::setenv("no_proxy", "127.0.0.1", 1);
    test::write_bytes(image(), content_);
    ASSERT_EQ(test::run("gzip -k " + image().string()).status, 0);
    auto cache = BaseCache::open(folder_ / "cache");
    ASSERT_TRUE(cache.ok());
    cache_ = std::move(*cache);
  }
  fs::path image() const { return folder_ / "base.img"; }
  fs::path packed() const { return folder_ / "base.img.gz"; }
  Result<CachedBase> obtain(const std::string& path, const BaseDigests& expected = {}) const {
    return cache_->obtain_url(server_.url(path), expected);
  }
  void expect_failure(const Result<CachedBase>& base, const std::string& part) const {
    ASSERT_FALSE(base.ok());
    EXPECT_EQ(base.error().code(), ErrorCode::kBaseImage);
    EXPECT_NE(base.error().what().find(part), std::string::npos) << base.error().what();
    EXPECT_TRUE(folder_is_empty(folder_ / "cache" / "tmp"));
    EXPECT_TRUE(folder_is_empty(folder_ / "cache" / "images"));
  }

  test::TempFolder folder_;
  test::HttpServer server_{folder_.path()};
  std::vector<std::byte> content_ = test::sample_image(2 * kMiB);
  std::optional<BaseCache> cache_;
};

TEST_F(Download, IsDecodedAndPublished) {
  for (const std::string path : {"base.img.gz", "base.img", "moved/moved/base.img.gz"}) {
    const auto base = obtain(path);
    ASSERT_TRUE(base.ok()) << base.error().what();
    EXPECT_FALSE(base->was_cached);
    EXPECT_EQ(base->sha256, sha256sum(image()));
    EXPECT_EQ(base->file_sha256, sha256sum(path == "base.img" ? image() : packed()));
    EXPECT_TRUE(test::read_bytes(base->path) == content_);
  }
  const auto local = cache_->obtain_url("file://" + packed().string());
  ASSERT_TRUE(local.ok()) << local.error().what();
  EXPECT_EQ(local->sha256, sha256sum(image()));
  EXPECT_TRUE(folder_is_empty(folder_ / "cache" / "tmp"));
}

TEST_F(Download, IsNotRepeatedWhenADigestIsKnown) {
  const std::string file_sha256 = sha256sum(packed());
  const std::string image_sha256 = sha256sum(image());
  ASSERT_TRUE(obtain("base.img.gz", {.file_sha256 = file_sha256}).ok());
  const int requests = server_.requests();
  EXPECT_GE(requests, 1);
  const auto by_file = obtain("base.img.gz", {.file_sha256 = file_sha256});
  ASSERT_TRUE(by_file.ok());
  EXPECT_TRUE(by_file->was_cached);
  EXPECT_EQ(by_file->file_sha256, file_sha256);
  const auto by_image = obtain("gone.img", {.image_sha256 = image_sha256});
  ASSERT_TRUE(by_image.ok());
  EXPECT_TRUE(test::read_bytes(by_image->path) == content_);
  EXPECT_EQ(server_.requests(), requests);
}

TEST_F(Download, IsCompared) {
  const std::string wrong(64, 'a');
  expect_failure(obtain("base.img.gz", {.file_sha256 = wrong}), sha256sum(packed()));
  expect_failure(obtain("base.img.gz", {.image_sha256 = wrong}), sha256sum(image()));
  expect_failure(obtain("base.img.gz", {.image_size = 1}), std::to_string(content_.size()));
}

TEST_F(Download, ThatFailsLeavesNothing) {
  expect_failure(obtain("missing.img.gz"), "404");
  expect_failure(obtain("missing.img.gz"), server_.url("missing.img.gz"));
  expect_failure(obtain("short/base.img.gz"), "broke off");
  expect_failure(obtain("short/base.img"), "broke off");
  expect_failure(obtain("loop"), "redirect");
  expect_failure(obtain("to-file"), "http");
  expect_failure(obtain("page"), "web page");
  expect_failure(cache_->obtain_url("ftp://127.0.0.1/base.img"), "http, https or file");
  expect_failure(cache_->obtain_url("no url"), "no url");
  expect_failure(cache_->obtain_url("http://127.0.0.1:1/base.img"), "onnect");
  expect_failure(cache_->obtain_url("file:///missing.img"), "missing.img");
}

TEST_F(Download, ThatStallsOrGrowsTooLargeIsGivenUp) {
  const auto file = open_file(folder_ / "out", O_RDWR | O_CREAT, 0600);
  ASSERT_TRUE(file.ok());
  const Status stalled = download(server_.url("slow/base.img"), file->get(), {.stall_seconds = 2}, {});
  ASSERT_FALSE(stalled.ok());
  EXPECT_NE(stalled.error().what().find("nothing more"), std::string::npos) << stalled.error().what();
  const Status large = download(server_.url("base.img"), file->get(), {.max_size = kMiB}, {});
  ASSERT_FALSE(large.ok());
  EXPECT_EQ(large.error().code(), ErrorCode::kUnsupported);
}

TEST_F(Download, StopsWhenAsked) {
  const auto base = cache_->obtain_url(server_.url("slow/base.img"), {}, [](Bytes done, Bytes) { return done == 0; });
  ASSERT_FALSE(base.ok());
  EXPECT_EQ(base.error().code(), ErrorCode::kInterrupted);
  EXPECT_TRUE(folder_is_empty(folder_ / "cache" / "tmp"));
}

TEST(PrintableUrl, HasNoPassword) {
  EXPECT_EQ(printable_url("https://me:secret@host/a@b"), "https://host/a@b");
  EXPECT_EQ(printable_url("https://me:p@ss@host"), "https://host");
  EXPECT_EQ(printable_url("https://host/a@b?c=d@e"), "https://host/a@b?c=d@e");
  EXPECT_EQ(printable_url("nothing"), "nothing");
}

}  // namespace
}  // namespace kraken
