#include "queue/io_queue.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <set>

#include "support/temp_folder.h"
#include "sys/files.h"

namespace kraken {
namespace {

constexpr Bytes kBlock = 64 * kKiB;
constexpr std::size_t kBlocks = 40;
constexpr unsigned kDepth = 8;

enum class Kind { kRing, kThreads };

class Queue : public testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    if (GetParam() == Kind::kThreads) {
      queue_ = open_thread_queue(kDepth);
    } else {
      auto ring = open_uring_queue(kDepth);
      if (!ring.ok()) GTEST_SKIP() << ring.error().what();
      queue_ = std::move(ring).value();
    }
    file_ = open_file(folder_ / "file", O_RDWR | O_CREAT, 0600).value();
    for (std::size_t i = 0; i < kBlocks; ++i) blocks_.emplace_back(kBlock, static_cast<std::byte>(i + 1));
  }

  FinishedTransfer wait() {
    auto transfer = queue_->wait();
    EXPECT_TRUE(transfer.ok());
    return std::move(transfer).value();
  }

  void write_all_blocks() {
    std::set<std::uint64_t> ended;
    for (std::size_t i = 0; i < kBlocks; ++i) {
      if (i >= kDepth) {
        const auto transfer = wait();
        EXPECT_TRUE(transfer.status.ok()) << transfer.status.error().what();
        ended.insert(transfer.tag);
      }
      ASSERT_TRUE(queue_->start_write(file_.get(), i * kBlock, blocks_[i], 100 + i).ok());
    }
    for (unsigned i = 0; i < kDepth; ++i) ended.insert(wait().tag);
    EXPECT_EQ(ended.size(), kBlocks);
    EXPECT_EQ(*ended.begin(), 100U);
    EXPECT_EQ(*ended.rbegin(), 100 + kBlocks - 1);
  }

  test::TempFolder folder_;
  UniqueFd file_;
  std::vector<std::vector<std::byte>> blocks_;
  std::unique_ptr<IoQueue> queue_;
};

TEST_P(Queue, WritesAndReadsWhatItWasGiven) {
  write_all_blocks();
  const auto content = read_whole_file(folder_ / "file", kGiB);
  ASSERT_EQ(content->size(), kBlocks * kBlock);
  for (std::size_t i = 0; i < kBlocks; ++i) {
    EXPECT_EQ(content->find_first_not_of(static_cast<char>(i + 1), i * kBlock),
              (i + 1) * kBlock == content->size() ? std::string::npos : (i + 1) * kBlock);
  }
  std::vector<std::byte> out(3 * kBlock);
  ASSERT_TRUE(queue_->start_read(file_.get(), 7 * kBlock, out, 5).ok());
  const auto transfer = wait();
  EXPECT_EQ(transfer.tag, 5U);
  EXPECT_TRUE(transfer.status.ok());
  EXPECT_EQ(out.front(), std::byte{8});
  EXPECT_EQ(out.back(), std::byte{10});
}

TEST_P(Queue, SaysWhatTheSystemSays) {
  write_all_blocks();
  std::vector<std::byte> out(2 * kBlock);
  ASSERT_TRUE(queue_->start_read(file_.get(), (kBlocks - 1) * kBlock, out, 1).ok());
  EXPECT_EQ(wait().status.error().code(), ErrorCode::kCorrupt) << "past the end";

  const auto full = open_file("/dev/full", O_RDWR);
  ASSERT_TRUE(queue_->start_write(full->get(), 0, blocks_[0], 2).ok());
  EXPECT_EQ(wait().status.error().code(), ErrorCode::kNoSpace);

  const auto readable = open_file(folder_ / "file", O_RDONLY);
  ASSERT_TRUE(queue_->start_write(readable->get(), 0, blocks_[0], 3).ok());
  EXPECT_EQ(wait().status.error().sys_errno(), EBADF);
}

TEST_P(Queue, TakesNoMoreThanItsDepth) {
  EXPECT_EQ(queue_->wait().error().code(), ErrorCode::kInternal);
  for (unsigned i = 0; i < kDepth; ++i) {
    ASSERT_TRUE(queue_->start_write(file_.get(), i * kBlock, blocks_[i], i).ok());
  }
  EXPECT_EQ(queue_->start_write(file_.get(), 0, blocks_[0], 99).error().code(), ErrorCode::kInternal);
  for (unsigned i = 0; i < kDepth; ++i) EXPECT_LT(wait().tag, kDepth);
  EXPECT_EQ(queue_->wait().error().code(), ErrorCode::kInternal);
}

TEST_P(Queue, FinishesWhatWasStartedBeforeItGoes) {
  for (unsigned i = 0; i < kDepth; ++i) {
    ASSERT_TRUE(queue_->start_write(file_.get(), i * kBlock, blocks_[i], i).ok());
  }
  queue_.reset();
  EXPECT_EQ(read_whole_file(folder_ / "file", kGiB)->size(), kDepth * kBlock);
}

INSTANTIATE_TEST_SUITE_P(Both, Queue, testing::Values(Kind::kRing, Kind::kThreads),
                         [](const auto& kind) { return kind.param == Kind::kRing ? "ring" : "threads"; });

TEST(AnyQueue, IsFound) {
  EXPECT_EQ(open_io_queue(4)->depth(), 4U);
}

}  // namespace
}  // namespace kraken
