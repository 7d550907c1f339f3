// The base cache between processes: two that want the same image, one that dies, one that has no room.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include "decode/base_cache.h"
#include "support/sample_image.h"
#include "support/temp_folder.h"

namespace kraken {
namespace {

namespace fs = std::filesystem;

// What a child answers with.
constexpr int kDecoded = 10;
constexpr int kFoundInCache = 11;
constexpr int kFailed = 12;

std::size_t files_in(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

pid_t start(const std::function<int()>& body) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(body());
  return child;
}

int end_of(pid_t child) {
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

class CacheProcesses : public testing::Test {
 protected:
  void SetUp() override {
    test::write_bytes(folder_ / "base.img", sample_);
    ASSERT_EQ(test::run("xz -k -0 " + (folder_ / "base.img").string()).status, 0);
  }
  int obtain(const DecodeProgress& progress = {}) const {
    const auto cache = BaseCache::open(folder_ / "cache");
    if (!cache.ok()) return kFailed;
    const auto base = cache->obtain(folder_ / "base.img.xz", {}, progress);
    if (!base.ok()) return kFailed;
    return base->was_cached ? kFoundInCache : kDecoded;
  }
  void expect_whole() const {
    const auto base = BaseCache::open(folder_ / "cache")->obtain(folder_ / "base.img.xz");
    ASSERT_TRUE(base.ok()) << base.error().what();
    EXPECT_TRUE(test::read_bytes(base->path) == sample_);
    EXPECT_EQ(files_in(folder_ / "cache" / "tmp"), 0U);
  }
  test::TempFolder folder_;
  std::vector<std::byte> sample_ = test::sample_image(8 * kMiB);
};

TEST_F(CacheProcesses, OneDecodesAndTheOthersWait) {
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i) {
    children.push_back(start([this] { return obtain([](Bytes, Bytes) { return ::usleep(5000) == 0; }); }));
  }
  int decoded = 0;
  for (const pid_t child : children) {
    const int end = end_of(child);
    EXPECT_TRUE(end == kDecoded || end == kFoundInCache) << end;
    decoded += end == kDecoded ? 1 : 0;
  }
  EXPECT_EQ(decoded, 1);
  expect_whole();
}

TEST_F(CacheProcesses, OneThatDiesLeavesNothing) {
  for (int calls = 1; calls < 9; ++calls) {
    const pid_t child = start([&] {
      int left = calls;
      return obtain([&](Bytes, Bytes) {
        if (--left == 0) ::kill(::getpid(), SIGKILL);
        return true;
      });
    });
    EXPECT_EQ(end_of(child), 128 + SIGKILL);
    EXPECT_EQ(files_in(folder_ / "cache" / "images"), 0U);
    EXPECT_EQ(files_in(folder_ / "cache" / "tmp"), 1U);
    EXPECT_TRUE(BaseCache::open(folder_ / "cache").ok());
    EXPECT_EQ(files_in(folder_ / "cache" / "tmp"), 0U);
  }
  EXPECT_EQ(obtain(), kDecoded);
  expect_whole();
}

// Opening the cache must not sweep away what another process is writing.
TEST_F(CacheProcesses, OneThatOpensDisturbsNoOther) {
  const pid_t child = start([this] { return obtain([](Bytes, Bytes) { return ::usleep(50'000) == 0; }); });
  int status = 0;
  int opened = 0;
  for (; ::waitpid(child, &status, WNOHANG) == 0; ++opened) {
    EXPECT_TRUE(BaseCache::open(folder_ / "cache").ok());
    ::usleep(1000);
  }
  EXPECT_GT(opened, 10);
  EXPECT_EQ(WEXITSTATUS(status), kDecoded);
  expect_whole();
}

TEST_F(CacheProcesses, OneWithoutRoomSaysWhere) {
  const pid_t child = start([this] {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit = {.rlim_cur = kMiB, .rlim_max = kMiB};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 1;
    const auto cache = BaseCache::open(folder_ / "cache");
    if (!cache.ok()) return 2;
    const auto base = cache->obtain(folder_ / "base.img.xz");
    if (base.ok() || base.error().code() != ErrorCode::kBaseImage) return 3;
    const bool named = base.error().what().find((folder_ / "cache").string()) != std::string::npos;
    return named && base.error().what().find("room") != std::string::npos ? 0 : 4;
  });
  EXPECT_EQ(end_of(child), 0);
  EXPECT_EQ(files_in(folder_ / "cache" / "images"), 0U);
  EXPECT_EQ(files_in(folder_ / "cache" / "tmp"), 0U);
}

}  // namespace
}  // namespace kraken
