#include "join/listener.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>

namespace kraken {

namespace {

constexpr int kFirstSocket = 3;  // SD_LISTEN_FDS_START
constexpr int kQueue = 128;

}  // namespace

std::optional<UniqueFd> inherited_listener() {
  const char* pid = std::getenv("LISTEN_PID");
  const char* count = std::getenv("LISTEN_FDS");
  if (pid == nullptr || count == nullptr) return std::nullopt;
  if (std::string(pid) != std::to_string(::getpid()) || std::string(count) != "1") return std::nullopt;
  ::fcntl(kFirstSocket, F_SETFD, FD_CLOEXEC);
  return UniqueFd(kFirstSocket);
}

Result<UniqueFd> listen_tcp(Ipv4 address, std::uint16_t port) {
  const std::string where = "listen at " + format_ipv4(address) + " port " + std::to_string(port);
  UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.valid()) return Error::from_errno(errno, where);
  const int yes = 1;
  static_cast<void>(::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)));
  sockaddr_in name = {};
  name.sin_family = AF_INET;
  name.sin_port = htons(port);
  name.sin_addr.s_addr = htonl(address.bits);
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&name), sizeof(name)) != 0 ||
      ::listen(fd.get(), kQueue) != 0) {
    return Error::from_errno(errno, where);
  }
  return fd;
}

void hang_up_on_waiting(const UniqueFd& listener) {
  for (int i = 0; i < kQueue; ++i) {
    // systemd's sockets block; nobody may be waiting.
    pollfd waiting{listener.get(), POLLIN, 0};
    if (::poll(&waiting, 1, 0) <= 0) return;
    const UniqueFd client(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
  }
}

}  // namespace kraken
