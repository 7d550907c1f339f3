// TCP connections of this machine with itself, and the join broker's keys for tests.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <string>

#include "base/ipv4.h"
#include "base/secret_bytes.h"
#include "base/unique_fd.h"
#include "join/listener.h"

namespace kraken::test {

inline constexpr Ipv4 kLoopback{0x7f000001};

inline SecretBytes key_of(int node) {
  SecretBytes key(32);
  for (std::byte& byte : key.bytes()) byte = static_cast<std::byte>(node + 1);
  return key;
}

struct Listener {
  UniqueFd fd = std::move(*listen_tcp(kLoopback, 0));
  std::uint16_t port() const {
    sockaddr_in name = {};
    socklen_t size = sizeof(name);
    EXPECT_EQ(::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&name), &size), 0);
    return ntohs(name.sin_port);
  }
};

// From an address of 127.0.0.0/8 of one's own; waits.
inline UniqueFd connect_from(Ipv4 source, std::uint16_t port) {
  UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in name = {};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(source.bits);
  EXPECT_EQ(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&name), sizeof(name)), 0);
  name.sin_addr.s_addr = htonl(kLoopback.bits);
  name.sin_port = htons(port);
  EXPECT_EQ(::connect(fd.get(), reinterpret_cast<const sockaddr*>(&name), sizeof(name)), 0);
  return fd;
}

// What comes until the other side hangs up, for at most so long.
inline std::string read_all(int fd, int milliseconds = 10'000) {
  std::string all;
  char buffer[4096];
  pollfd watched{fd, POLLIN, 0};
  while (::poll(&watched, 1, milliseconds) > 0) {
    const ssize_t got = ::recv(fd, buffer, sizeof(buffer), 0);
    if (got <= 0) break;
    all.append(buffer, static_cast<std::size_t>(got));
  }
  return all;
}

}  // namespace kraken::test
