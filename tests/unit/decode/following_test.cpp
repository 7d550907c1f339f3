#include <gtest/gtest.h>

#include <thread>

#include "block/growing_image.h"
#include "decode/base_cache.h"
#include "support/sample_image.h"
#include "support/temp_folder.h"

namespace kraken {
namespace {

using test::run;
using test::sample_image;

// Reads along in a thread of its own, as far as there is something.
class Follower {
 public:
  explicit Follower(GrowingImage& image) : thread_([this, &image] { follow(image); }) {}
  Follower(const Follower&) = delete;
  Follower& operator=(const Follower&) = delete;
  ~Follower() { join(); }

  void join() {
    if (thread_.joinable()) thread_.join();
  }
  std::optional<Bytes> size;
  std::vector<std::byte> seen;

 private:
  void follow(GrowingImage& image) {
    size = image.wait_for_size(stop_);
    if (!size) return;
    while (true) {
      const Bytes end = image.wait_past(seen.size(), stop_);
      if (end == seen.size()) return;
      const Bytes start = seen.size();
      seen.resize(end);
      EXPECT_TRUE(image.read(start, std::span(seen).subspan(start)).ok());
    }
  }

  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

class Following : public testing::Test {
 protected:
  Following() { content_.resize(content_.size() + 2 * kMiB); }  // zeros at the end

  std::filesystem::path packed(const std::string& command) {
    test::write_bytes(folder_ / "base.img", content_);
    EXPECT_EQ(run("cd " + folder_.path().string() + " && " + command).status, 0);
    return folder_ / "packed";
  }
  BaseCache cache() {
    auto opened = BaseCache::open(folder_ / "cache");
    EXPECT_TRUE(opened.ok());
    return std::move(*opened);
  }

  test::TempFolder folder_;
  std::vector<std::byte> content_ = sample_image(7 * kMiB + 512);
};

TEST_F(Following, SeesAllOfWhatIsDecodedOnceAndNothingOfWhatIsKnown) {
  const auto file = packed("xz -T2 --block-size=1MiB -c base.img > packed");
  GrowingImage first;
  Follower follower(first);
  ASSERT_TRUE(cache().obtain(file, {}, {}, &first).ok());
  follower.join();
  EXPECT_EQ(follower.size, content_.size());
  EXPECT_TRUE(follower.seen == content_);
  GrowingImage again;
  Follower late(again);
  ASSERT_TRUE(cache().obtain(file, {}, {}, &again).ok());
  late.join();
  EXPECT_EQ(late.size, std::nullopt);
}

TEST_F(Following, IsNotBegunWhereTheSizeIsNotKnown) {
  const auto file = packed("gzip -c base.img > packed");
  GrowingImage unknown;
  Follower follower(unknown);
  ASSERT_TRUE(cache().obtain(file, {}, {}, &unknown).ok());
  follower.join();
  EXPECT_EQ(follower.size, std::nullopt);
}

TEST_F(Following, TakesTheSizeThatIsExpected) {
  const auto file = packed("gzip -c base.img > packed");
  BaseDigests expected;
  expected.image_size = content_.size();
  GrowingImage known;
  Follower follower(known);
  ASSERT_TRUE(cache().obtain(file, expected, {}, &known).ok());
  follower.join();
  EXPECT_TRUE(follower.seen == content_);
}

TEST_F(Following, EndsWhenDecodingFails) {
  const auto file = packed("xz -T2 --block-size=1MiB -c base.img > packed");
  auto bytes = test::read_bytes(file);
  bytes[bytes.size() * 3 / 4] ^= std::byte{1};
  test::write_bytes(file, bytes);
  GrowingImage broken;
  Follower follower(broken);
  EXPECT_EQ(cache().obtain(file, {}, {}, &broken).error().code(), ErrorCode::kBaseImage);
  follower.join();
  EXPECT_EQ(follower.size, content_.size());
  EXPECT_LT(follower.seen.size(), content_.size());
  EXPECT_TRUE(std::equal(follower.seen.begin(), follower.seen.end(), content_.begin()));
}

TEST_F(Following, EndsWhenThereIsNoFile) {
  GrowingImage nothing;
  Follower follower(nothing);
  EXPECT_FALSE(cache().obtain(folder_ / "missing", {}, {}, &nothing).ok());
  follower.join();
  EXPECT_EQ(follower.size, std::nullopt);
}

TEST(GrowingImage, ReadsOnlyWhatIsThere) {
  test::TempFolder folder;
  test::write_bytes(folder / "file", std::vector<std::byte>(4096));
  GrowingImage image;
  std::vector<std::byte> out(512);
  EXPECT_FALSE(image.read(0, out).ok());
  std::FILE* file = std::fopen((folder / "file").c_str(), "rb");
  ASSERT_NE(file, nullptr);
  ASSERT_TRUE(image.begin(::fileno(file), 4096).ok());
  std::fclose(file);
  EXPECT_FALSE(image.read(0, out).ok());
  image.grow(512);
  EXPECT_TRUE(image.read(0, out).ok());
  EXPECT_FALSE(image.read(1, out).ok());
  image.grow(1 << 20);
  EXPECT_EQ(image.reached(), 4096U) << "never past the size that was announced";
}

}  // namespace
}  // namespace kraken
