#include "net/datagram.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <thread>

#include "base/text.h"
#include "base/unique_fd.h"

namespace kraken {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

class DatagramTest : public testing::Test {
 protected:
  DatagramTest() {
    std::array<int, 2> ends = {};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_DGRAM, 0, ends.data()), 0);
    here.reset(ends[0]);
    there.reset(ends[1]);
  }
  void send(std::string_view text) const {
    EXPECT_EQ(::send(there.get(), text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
  }

  UniqueFd here;
  UniqueFd there;
};

// A signal every few milliseconds, whose handler does not restart what it interrupts.
class Signals {
 public:
  Signals() {
    struct sigaction action = {};
    action.sa_handler = [](int) {};
    ::sigaction(SIGALRM, &action, &before_);
    set_interval(2000);
  }
  ~Signals() {
    set_interval(0);
    ::sigaction(SIGALRM, &before_, nullptr);
  }
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

 private:
  static void set_interval(long microseconds) {
    const itimerval timer = {.it_interval = {0, microseconds}, .it_value = {0, microseconds}};
    ::setitimer(ITIMER_REAL, &timer, nullptr);
  }
  struct sigaction before_ = {};
};

TEST_F(DatagramTest, ComesWholeAndOneAtATime) {
  send("one");
  send("");
  const auto first = receive_datagram(here.get(), 8, steady_clock::now());
  EXPECT_EQ(as_text((*first)->bytes), "one");
  EXPECT_FALSE((*first)->cut);
  EXPECT_TRUE((*receive_datagram(here.get(), 8, steady_clock::now()))->bytes.empty());
}

TEST_F(DatagramTest, SaysWhenItWasLonger) {
  send("12345678");
  send("123456789");
  EXPECT_FALSE((*receive_datagram(here.get(), 8, steady_clock::now()))->cut);
  const auto cut = receive_datagram(here.get(), 8, steady_clock::now());
  EXPECT_TRUE((*cut)->cut);
  EXPECT_EQ(as_text((*cut)->bytes), "12345678");
}

TEST_F(DatagramTest, DoesNotWaitBeyondTheDeadlineWhateverSignalsCome) {
  const Signals signals;
  const auto start = steady_clock::now();
  const auto nothing = receive_datagram(here.get(), 8, start + milliseconds{150});
  const auto took = steady_clock::now() - start;
  ASSERT_TRUE(nothing.ok()) << nothing.error().what();
  EXPECT_FALSE(*nothing);
  EXPECT_GE(took, milliseconds{150});
  EXPECT_LT(took, milliseconds{2000});
}

TEST_F(DatagramTest, IsWaitedForThroughSignals) {
  const Signals signals;
  std::thread later([this] {
    std::this_thread::sleep_for(milliseconds{100});
    send("late");
  });
  const auto late = receive_datagram(here.get(), 8, steady_clock::now() + std::chrono::seconds{20});
  later.join();
  ASSERT_TRUE(late.ok()) << late.error().what();
  EXPECT_EQ(as_text((*late)->bytes), "late");
}

TEST_F(DatagramTest, FailsAsTheSocketSays) {
  std::array<int, 2> ends = {};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const UniqueFd read_end(ends[0]);
  const UniqueFd write_end(ends[1]);
  ASSERT_EQ(::write(write_end.get(), "x", 1), 1);
  EXPECT_EQ(receive_datagram(read_end.get(), 8, steady_clock::now()).error().sys_errno(), ENOTSOCK);
}

}  // namespace
}  // namespace kraken
