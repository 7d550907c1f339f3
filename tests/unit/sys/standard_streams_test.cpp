#include "sys/standard_streams.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <vector>

#include "sys/process.h"

namespace kraken {
namespace {

// In a process of its own, which ends with the number that the next file gets.
[[noreturn]] void open_after_closing(const std::vector<int>& closed) {
  for (const int fd : closed) ::close(fd);
  if (!reserve_standard_streams().ok()) ::_exit(100);
  for (const int fd : closed) {
    if (::write(fd, "x", 1) != 1) ::_exit(101);
  }
  const int next = ::open("/dev/zero", O_RDONLY);
  ::_exit(next > STDERR_FILENO ? 0 : 102 + next);
}

TEST(StandardStreamsDeathTest, NoOtherFileGetsTheNumberOfAClosedOne) {
  for (const std::vector<int>& closed : std::vector<std::vector<int>>{{}, {0}, {1}, {2}, {0, 2}, {1, 2}, {0, 1, 2}}) {
    EXPECT_EXIT(open_after_closing(closed), testing::ExitedWithCode(0), "") << testing::PrintToString(closed);
  }
}

TEST(StandardStreamsDeathTest, OnesThatAreOpenStayAsTheyAre) {
  const auto keep = [] {
    const int null = ::open("/dev/null", O_RDONLY);
    ::dup2(null, STDIN_FILENO);
    const bool is_same = reserve_standard_streams().ok() && ::write(STDIN_FILENO, "x", 1) == -1 && errno == EBADF;
    ::_exit(is_same ? 0 : 1);
  };
  EXPECT_EXIT(keep(), testing::ExitedWithCode(0), "");
}

TEST(StandardStreamsDeathTest, AReaderThatWentAwayIsAnErrorHereAndAnEndElsewhere) {
  const auto write_unread = [] {
    int ends[2] = {};
    if (!ignore_write_signals().ok() || ::pipe(ends) != 0) ::_exit(1);
    ::close(ends[0]);
    if (::write(ends[1], "x", 1) != -1 || errno != EPIPE) ::_exit(2);
    const auto other = run_process({"sh", "-c", "kill -PIPE $$"});
    ::_exit(other.ok() && *other == 128 + SIGPIPE ? 0 : 3);
  };
  EXPECT_EXIT(write_unread(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace kraken
