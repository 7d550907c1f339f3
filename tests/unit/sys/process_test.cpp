#include "sys/process.h"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <thread>

#include "support/temp_folder.h"
#include "sys/files.h"
#include "sys/interrupt.h"

namespace kraken {
namespace {

using std::chrono::milliseconds;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

TEST(Process, AnswersTheExitStatus) {
  EXPECT_EQ(*run_process({"true"}), 0);
  EXPECT_EQ(*run_process({"sh", "-c", "exit 7"}), 7);
  EXPECT_EQ(*run_process({"sh", "-c", "kill -TERM $$"}), 128 + SIGTERM);
}

TEST(Process, SaysWhenThereIsNoSuchProgram) {
  const auto ran = run_process({"/no/such/program"});
  EXPECT_EQ(ran.error().code(), ErrorCode::kNotFound);
  EXPECT_NE(ran.error().what().find("/no/such/program"), std::string::npos);
  EXPECT_FALSE(run_process({}).ok());
}

TEST(Process, GivesArgumentsAsTheyAre) {
  const auto ran = capture_process({"printf", "%s|", "a b", "$HOME", "", "';ls"});
  EXPECT_EQ(ran->output, "a b|$HOME||';ls|");
  EXPECT_EQ(run_process({"echo", std::string("a\0b", 3)}).error().code(), ErrorCode::kInvalidArgument);
}

TEST(Process, CapturesBothStreamsAndMoreThanAPipeHolds) {
  const auto ran = capture_process({"sh", "-c", "echo out; echo err >&2; head -c 300000 /dev/zero; exit 3"});
  EXPECT_EQ(ran->status, 3);
  EXPECT_EQ(ran->output.substr(0, 8), "out\nerr\n");
  EXPECT_EQ(ran->output.size(), 300008U);
}

TEST(Process, EndsAProgramThatNeverStopsTalking) {
  EXPECT_EQ(capture_process({"yes"}, {}, 10000).error().code(), ErrorCode::kCorrupt);
}

TEST(Process, HasNoInputWhenCaptured) {
  EXPECT_EQ(capture_process({"cat"})->output, "");
}

TEST(Process, RunsInTheFolderAndEnvironmentItIsGiven) {
  const test::TempFolder folder;
  ProcessOptions options;
  options.folder = folder.path();
  options.environment = {{"KRAKEN_TEST", "x=y"}, {"HOME", "/nowhere"}};
  const auto ran = capture_process({"sh", "-c", "pwd; echo $KRAKEN_TEST $HOME"}, options);
  EXPECT_EQ(ran->output, folder.path().string() + "\nx=y /nowhere\n");
}

TEST(Process, EndsAfterTheTimeoutWithItsChildren) {
  const test::TempFolder folder;
  ProcessOptions options;
  options.timeout = milliseconds{300};
  options.folder = folder.path();
  const auto start = std::chrono::steady_clock::now();
  const auto ran = capture_process({"sh", "-c", "(sleep 3; touch late) & sleep 60"}, options);
  EXPECT_EQ(ran.error().code(), ErrorCode::kIo);
  EXPECT_LT(seconds_since(start), 2.5);
  std::this_thread::sleep_for(milliseconds{3200});
  EXPECT_FALSE(std::filesystem::exists(folder / "late"));
}

TEST(Process, KillsAProgramThatIgnoresTheRequestToEnd) {
  ProcessOptions options;
  options.timeout = milliseconds{200};
  const auto start = std::chrono::steady_clock::now();
  EXPECT_FALSE(run_process({"sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"}, options).ok());
  EXPECT_LT(seconds_since(start), 10);
}

TEST(Process, DoesNotWaitForADaemonLeftBehind) {
  const auto start = std::chrono::steady_clock::now();
  const auto ran = capture_process({"sh", "-c", "sleep 4 & echo done"});
  EXPECT_EQ(ran->output, "done\n");
  EXPECT_LT(seconds_since(start), 3);
}

TEST(Process, StopsOnTheFlagThatASignalSets) {
  static std::atomic<bool> stop{false};
  ASSERT_TRUE(set_on_interrupt(stop).ok());
  ProcessOptions options;
  options.stop = &stop;
  std::thread sender([] {
    std::this_thread::sleep_for(milliseconds{200});
    ::kill(::getpid(), SIGTERM);
  });
  const auto ran = run_process({"sleep", "30"}, options);
  sender.join();
  EXPECT_TRUE(stop.load());
  EXPECT_EQ(ran.error().code(), ErrorCode::kInterrupted);
}

}  // namespace
}  // namespace kraken
