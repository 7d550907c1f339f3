#include "join/engine_socket.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/unique_fd.h"

namespace kraken {

namespace {

// A listener whose queue is full makes connect() fail at once on a unix socket that does not block (unix(7): EAGAIN).
Status connect_to(int fd, const sockaddr_un& address, const Deadline& deadline) {
  while (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    const int saved = errno;
    if (saved != EAGAIN && saved != EINTR) return Error::from_errno(saved, "connect");
    if (deadline.passed()) return Error::from_errno(ETIMEDOUT, "connect");
    ::poll(nullptr, 0, 20);
  }
  return ok_status();
}

Result<UniqueFd> connect_unix(const std::filesystem::path& path, const Deadline& deadline) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  const std::string& name = path.native();
  if (name.size() >= sizeof(address.sun_path)) {
    return Error(ErrorCode::kInvalidArgument, name + ": too long for the name of a unix socket");
  }
  std::memcpy(address.sun_path, name.c_str(), name.size() + 1);
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.valid()) return Error::from_errno(errno, "socket");
  const Status connected = connect_to(fd.get(), address, deadline);
  if (connected.ok()) return fd;
  const bool nobody = connected.error().sys_errno() == ECONNREFUSED;
  const ErrorCode code = nobody ? ErrorCode::kNotFound : connected.error().code();
  return connected.error().recode(code).with_context(name);
}

Status send_all(int fd, std::string_view data, const Deadline& deadline) {
  while (!data.empty()) {
    const ssize_t sent = ::send(fd, data.data(), data.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      data.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN) {
      KRAKEN_TRY(deadline.wait(fd, POLLOUT));
    } else if (errno != EINTR) {
      return Error::from_errno(errno, "send");
    }
  }
  return ok_status();
}

Result<HttpAnswer> receive_answer(int fd, const Deadline& deadline) {
  HttpAnswerReader reader(kHttpMaxBody);
  std::array<char, 16384> buffer;
  while (!reader.complete()) {
    // Before every read: a server that never stops sending is stopped as well.
    KRAKEN_TRY(deadline.wait(fd, POLLIN));
    const ssize_t got = ::recv(fd, buffer.data(), buffer.size(), 0);
    if (got > 0) {
      KRAKEN_TRY(reader.feed({buffer.data(), static_cast<std::size_t>(got)}));
    } else if (got == 0) {
      KRAKEN_TRY(reader.end());
    } else if (errno != EAGAIN && errno != EINTR) {
      return Error::from_errno(errno, "receive");
    }
    if (deadline.passed() && !reader.complete()) return Error::from_errno(ETIMEDOUT, "no whole answer in time");
  }
  return reader.take();
}

std::string format_request(const HttpRequest& request) {
  std::string text = request.method + " " + request.target + " HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n";
  if (!request.body.empty()) text += "Content-Type: application/json\r\n";
  if (request.method != "GET") text += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  return text + "\r\n" + request.body;
}

}  // namespace

Result<HttpAnswer> ask_http(const std::filesystem::path& socket, const HttpRequest& request, Deadline deadline) {
  KRAKEN_ASSIGN(const UniqueFd fd, connect_unix(socket, deadline));
  const std::string what = request.method + " " + request.target + " at " + socket.string();
  KRAKEN_TRY(send_all(fd.get(), format_request(request), deadline).with_context(what));
  return receive_answer(fd.get(), deadline).with_context(what);
}

}  // namespace kraken
