#include "measure/wake.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <cstdlib>

#include "peers.h"

namespace kraken {
namespace {

using test::kLoopback;

int waiting_at(int listener) {
  pollfd waiting = {.fd = listener, .events = POLLIN, .revents = 0};
  return ::poll(&waiting, 1, 0);
}

TEST(Wake, ConnectsToWhoListens) {
  std::uint16_t port = 0;
  const UniqueFd listener = test::listening_socket(port);
  EXPECT_TRUE(wake_measure_server(kLoopback, port, std::chrono::seconds(0)).ok());
  EXPECT_EQ(waiting_at(listener.get()), 1);
}

TEST(Wake, SaysWhereNobodyListens) {
  const std::uint16_t port = test::free_port();
  const Status status = wake_measure_server(kLoopback, port, std::chrono::seconds(0));
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.error().what().find("127.0.0.1 port " + std::to_string(port)), std::string::npos);
  EXPECT_NE(status.error().what().find("refused"), std::string::npos) << status.error().what();
}

TEST(Wake, WaitsForWhoIsNotUpYet) {
  std::uint16_t port = test::free_port();
  const test::Peer late([&port] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    const UniqueFd listener = test::listening_socket(port);
    ::pause();
  });
  EXPECT_TRUE(wake_measure_server(kLoopback, port, std::chrono::seconds(60)).ok());
}

TEST(WakeSocket, IsThereOnlyWhenSystemdSaysSo) {
  ::unsetenv("LISTEN_PID");
  ::unsetenv("LISTEN_FDS");
  EXPECT_FALSE(WakeSocket::inherited());
  ::setenv("LISTEN_FDS", "1", 1);
  ::setenv("LISTEN_PID", "1", 1);  // another process's
  EXPECT_FALSE(WakeSocket::inherited());
  ::unsetenv("LISTEN_PID");
  ::unsetenv("LISTEN_FDS");
}

// In a child, whose third descriptor can be what it has to be.
TEST(WakeSocket, HangsUpOnEveryoneWhoWaits) {
  std::uint16_t port = 0;
  const UniqueFd listener = test::listening_socket(port);
  const UniqueFd one = test::connected_socket(port);
  const UniqueFd another = test::connected_socket(port);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(listener.get(), 3);
    ::setenv("LISTEN_FDS", "1", 1);
    ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
    auto socket = WakeSocket::inherited();
    if (!socket) ::_exit(1);
    socket->drain();
    ::_exit(waiting_at(3) == 0 ? 0 : 2);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace kraken
