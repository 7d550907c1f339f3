#include "join/connect.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <string>

namespace kraken {

namespace {

constexpr std::chrono::seconds kProbePatience{5};

}  // namespace

Result<UniqueFd> connect_tcp(const TcpAddress& peer, const Deadline& deadline) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(peer.port);
  address.sin_addr.s_addr = htonl(peer.address.bits);
  UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.valid()) return Error::from_errno(errno, "socket");
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) return fd;
  if (errno != EINPROGRESS) return Error::from_errno(errno, "connect");
  KRAKEN_TRY(deadline.wait(fd.get(), POLLOUT).with_context("connect"));
  int problem = 0;
  socklen_t size = sizeof(problem);
  if (::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &problem, &size) != 0) problem = errno;
  if (problem != 0) return Error::from_errno(problem, "connect");
  return fd;
}

Status TcpPortProbe::knock(const TcpAddress& peer) {
  const auto connection = connect_tcp(peer, Deadline::after(kProbePatience));
  if (connection.ok()) return ok_status();
  return connection.error().with_context(format_ipv4(peer.address) + " port " + std::to_string(peer.port));
}

}  // namespace kraken
