// The other side of a measurement: iperf3 itself, a forked function, or a peer that does not play by the rules. All on
// the loopback device, all gone when the test is over.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "base/ipv4.h"
#include "base/unique_fd.h"

namespace kraken::test {

inline constexpr Ipv4 kLoopback{0x7f000001};

class Stopwatch {
 public:
  std::chrono::duration<double> elapsed() const { return std::chrono::steady_clock::now() - start_; }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// At any free port when it is 0, and then this one is it.
inline UniqueFd listening_socket(std::uint16_t& port) {
  UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  EXPECT_EQ(::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* plain = reinterpret_cast<sockaddr*>(&address);
  EXPECT_EQ(::bind(fd.get(), plain, sizeof address), 0);
  EXPECT_EQ(::listen(fd.get(), 8), 0);
  socklen_t size = sizeof address;
  EXPECT_EQ(::getsockname(fd.get(), plain, &size), 0);
  port = ntohs(address.sin_port);
  return fd;
}

// Waits for somebody to listen.
inline UniqueFd connected_socket(std::uint16_t port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  for (int tries = 0; tries < 100; ++tries) {
    UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return fd;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  ADD_FAILURE() << "nobody listens at port " << port;
  return UniqueFd();
}

inline std::uint16_t free_port() {
  std::uint16_t port = 0;
  const UniqueFd closed_again = listening_socket(port);
  return port;
}

// A child process for as long as this lives.
class Peer {
 public:
  explicit Peer(const std::function<void()>& work) {
    pid_ = ::fork();
    ::setpgid(pid_, 0);  // by both, so that it is so from either's view
    if (pid_ != 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    work();
    ::_exit(0);
  }
  // A program.
  explicit Peer(std::vector<std::string> argv)
      : Peer([&] {
          std::vector<char*> words;
          words.reserve(argv.size() + 1);
          for (std::string& word : argv) words.push_back(word.data());
          words.push_back(nullptr);
          static_cast<void>(std::freopen("/dev/null", "w", stdout));
          static_cast<void>(std::freopen("/dev/null", "w", stderr));
          ::execvp(words[0], words.data());
        }) {}
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  ~Peer() {
    ::kill(-pid_, SIGKILL);  // and its children
    ::waitpid(pid_, nullptr, 0);
  }

 private:
  pid_t pid_ = -1;
};

// What a function answers in a child process of its own.
class ChildAnswer {
 public:
  explicit ChildAnswer(const std::function<std::string()>& work)
      : pipe_(make_pipe()), peer_([&] {
          const std::string answer = work();
          static_cast<void>(::write(pipe_.writing.get(), answer.data(), answer.size()));
        }) {
    pipe_.writing = UniqueFd();
  }
  std::string read() const {
    std::array<char, 1000> buffer = {};
    const ssize_t got = ::read(pipe_.reading.get(), buffer.data(), buffer.size());
    return {buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0))};
  }

 private:
  struct Pipe {
    UniqueFd reading;
    UniqueFd writing;
  };
  static Pipe make_pipe() {
    std::array<int, 2> ends = {};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    return {UniqueFd(ends[0]), UniqueFd(ends[1])};
  }
  Pipe pipe_;
  Peer peer_;
};

inline ChildAnswer read_from_child(const std::function<std::string()>& work) {
  return ChildAnswer(work);
}

// States of iperf3's protocol, src/iperf.h of version 3.12.
inline constexpr char kExchangeParameters = 9;
inline constexpr char kExchangeResults = 13;

enum class Hostility { kSilent, kHangsUp, kNoise, kHugeResults, kNonsenseResults, kDeepResults };
inline constexpr std::array kAllHostilities = {Hostility::kSilent,          Hostility::kHangsUp,
                                               Hostility::kNoise,           Hostility::kHugeResults,
                                               Hostility::kNonsenseResults, Hostility::kDeepResults};

class HostilePeer {
 public:
  explicit HostilePeer(Hostility hostility)
      : listener_(listening_socket(port_)), peer_([this, hostility] { serve(hostility); }) {}
  std::uint16_t port() const { return port_; }

 private:
  static void put(int fd, const std::string& text) {
    static_cast<void>(::send(fd, text.data(), text.size(), MSG_NOSIGNAL));
  }
  // Its length in four bytes, most significant first, and JSON.
  static std::string sized(std::uint32_t size, const std::string& text) {
    std::string out;
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>((size >> shift) & 0xffU);
    return out + text;
  }
  static std::string messages(Hostility hostility) {
    const std::string states = {kExchangeParameters, kExchangeResults};
    switch (hostility) {
      case Hostility::kNoise:
        return std::string(100'000, '\x55');
      case Hostility::kHugeResults:
        return states + sized(0xfffffff0U, "{\"x\":1");
      case Hostility::kNonsenseResults:
        return states + sized(12, "{\"x\":[1,2,\"}");
      case Hostility::kDeepResults:
        return states + sized(100'000, std::string(100'000, '['));
      case Hostility::kSilent:
      case Hostility::kHangsUp:
        break;
    }
    return "";
  }
  void serve(Hostility hostility) const {
    std::vector<UniqueFd> kept;
    while (true) {
      UniqueFd client(::accept(listener_.get(), nullptr, nullptr));
      if (hostility == Hostility::kHangsUp) continue;
      put(client.get(), messages(hostility));
      kept.push_back(std::move(client));
    }
  }

  std::uint16_t port_ = 0;
  UniqueFd listener_;
  Peer peer_;
};

}  // namespace kraken::test
