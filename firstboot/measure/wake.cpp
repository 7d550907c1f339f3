#include "measure/wake.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <thread>

namespace kraken {

namespace {

constexpr std::chrono::milliseconds kBetweenTries{500};
constexpr timeval kConnectLimit{.tv_sec = 3, .tv_usec = 0};
constexpr int kFirstSocket = 3;  // SD_LISTEN_FDS_START, sd_listen_fds(3)

Status connect_once(const sockaddr_in& address) {
  const UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd.valid()) return Error::from_errno(errno, "socket");
  // Counts for connecting as well (socket(7)); then it ends with EINPROGRESS.
  static_cast<void>(::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &kConnectLimit, sizeof(kConnectLimit)));
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) return ok_status();
  const int saved = errno == EINPROGRESS ? ETIMEDOUT : errno;
  return Error::from_errno(saved, "connect");
}

// True for "1" in LISTEN_FDS, if LISTEN_PID says that it is meant for this process.
bool was_given_one_socket() {
  const char* pid = std::getenv("LISTEN_PID");
  const char* count = std::getenv("LISTEN_FDS");
  return pid != nullptr && count != nullptr && std::string(pid) == std::to_string(::getpid()) &&
         std::string(count) == "1";
}

}  // namespace

Status wake_measure_server(Ipv4 peer, std::uint16_t port, std::chrono::seconds patience) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(peer.bits);
  const auto give_up = std::chrono::steady_clock::now() + patience;
  while (true) {
    Status status = connect_once(address);
    if (status.ok()) return status;
    if (std::chrono::steady_clock::now() >= give_up) {
      return std::move(status).with_context("nobody lets this node measure at " + format_ipv4(peer) + " port " +
                                            std::to_string(port));
    }
    std::this_thread::sleep_for(kBetweenTries);
  }
}

std::optional<WakeSocket> WakeSocket::inherited() {
  if (!was_given_one_socket()) return std::nullopt;
  return WakeSocket(UniqueFd(kFirstSocket));
}

void WakeSocket::drain() {
  while (true) {
    // systemd's sockets block; nobody may be waiting.
    pollfd waiting = {.fd = socket_.get(), .events = POLLIN, .revents = 0};
    if (::poll(&waiting, 1, 0) <= 0) return;
    const UniqueFd client(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!client.valid() && errno != ECONNABORTED && errno != EINTR) return;
  }
}

}  // namespace kraken
