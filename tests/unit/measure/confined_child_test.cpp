#include "measure/confined_child.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "base/text.h"
#include "peers.h"
#include "support/temp_folder.h"
#include "sys/files.h"

namespace kraken {
namespace {

using std::chrono::seconds;
using Event = ConfinedChild::Event;

void write_out(int out, const std::string& text) {
  static_cast<void>(write_all(out, as_bytes(text)).ok());
}

std::string output_of(const ConfinedChild::Work& work) {
  auto child = ConfinedChild::start(work, seconds(10));
  EXPECT_TRUE(child.ok());
  const auto deadline = ConfinedChild::Clock::now() + seconds(10);
  while (child->wait(deadline) == Event::kOutput) {
  }
  return child->output();
}

TEST(ConfinedChild, GivesWhatItWrote) {
  EXPECT_EQ(output_of([](int out) { write_out(out, "one\ntwo\n"); }), "one\ntwo\n");
  EXPECT_EQ(output_of([](int) {}), "");
}

TEST(ConfinedChild, ItsExitAndItsPrintingHurtNobody) {
  EXPECT_EQ(output_of([](int out) {
              write_out(out, "before");
              std::puts("to standard output");
              std::exit(3);
            }),
            "before");
  EXPECT_EQ(output_of([](int out) {
              write_out(out, "before");
              ::raise(SIGKILL);
            }),
            "before");
}

TEST(ConfinedChild, HasNoPrivilegesAndNoDescriptors) {
  const UniqueFd secret(::dup2(STDERR_FILENO, 50));
  const std::string said = output_of([](int out) {
    std::string text = std::to_string(::geteuid()) + " " + std::to_string(::getuid());
    for (int fd = 0; fd < 100; ++fd) {
      if (::fcntl(fd, F_GETFD) >= 0) text += " " + std::to_string(fd);
    }
    write_out(out, text);
  });
  const std::string user = ::geteuid() == 0 ? "65534" : std::to_string(::geteuid());
  EXPECT_EQ(said, user + " " + user + " 0 1 2 3");
}

TEST(ConfinedChild, HasBoundedMemoryAndFiles) {
  const std::string said = output_of([](int out) {
    rlimit memory = {};
    rlimit file = {};
    ::getrlimit(RLIMIT_AS, &memory);
    ::getrlimit(RLIMIT_FSIZE, &file);
    write_out(out, std::to_string(memory.rlim_max) + " " + std::to_string(file.rlim_max));
  });
#ifdef __SANITIZE_ADDRESS__
  EXPECT_EQ(said, std::to_string(RLIM_INFINITY) + " 1048576");
#else
  EXPECT_EQ(said, "201326592 1048576");
#endif
}

TEST(ConfinedChild, IsGivenUpAtTheDeadlineAndKilled) {
  const test::Stopwatch watch;
  pid_t pid = 0;
  {
    auto child = ConfinedChild::start(
        [](int out) {
          write_out(out, std::to_string(::getpid()));
          while (true) ::pause();
        },
        seconds(60));
    ASSERT_TRUE(child.ok());
    const auto deadline = ConfinedChild::Clock::now() + seconds(1);
    EXPECT_EQ(child->wait(deadline), Event::kOutput);
    pid = static_cast<pid_t>(*parse_u64(child->output()));
    EXPECT_EQ(child->wait(deadline), Event::kDeadline);
    EXPECT_EQ(::kill(pid, 0), 0);
  }
  EXPECT_NE(::kill(pid, 0), 0);
  EXPECT_LT(watch.elapsed(), seconds(5));
}

TEST(ConfinedChild, EndsByItselfWhenNobodyWatches) {
  auto child = ConfinedChild::start(
      [](int) {
        while (true) ::pause();
      },
      seconds(1));
  ASSERT_TRUE(child.ok());
  EXPECT_EQ(child->wait(ConfinedChild::Clock::now() + seconds(10)), Event::kEnded);
}

TEST(ConfinedChild, MayNotWriteWithoutEnd) {
  auto child = ConfinedChild::start(
      [](int out) {
        while (true) write_out(out, std::string(1000, 'x'));
      },
      seconds(10));
  ASSERT_TRUE(child.ok());
  const auto deadline = ConfinedChild::Clock::now() + seconds(10);
  Event event = child->wait(deadline);
  while (event == Event::kOutput) event = child->wait(deadline);
  EXPECT_EQ(event, Event::kTooMuch);
  EXPECT_LT(child->output().size(), 100'000U);
}

}  // namespace
}  // namespace kraken
