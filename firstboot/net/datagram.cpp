#include "net/datagram.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <limits>

namespace kraken {

namespace {

// At least once, so that what is there already is found after the deadline too.
Result<bool> wait_until_readable(int fd, Deadline deadline) {
  using std::chrono::milliseconds;
  while (true) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
    const auto wait = std::clamp(left, milliseconds{0}, milliseconds{std::numeric_limits<int>::max()});
    pollfd waiting = {.fd = fd, .events = POLLIN, .revents = 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(wait.count()));
    if (ready >= 0) return ready > 0;
    const int saved = errno;
    if (saved != EINTR) return Error::from_errno(saved, "poll");
  }
}

// Nothing when there was none after all: the kernel may drop a packet between poll and recv.
Result<std::optional<Datagram>> receive_now(int fd, std::size_t most) {
  Datagram datagram;
  datagram.bytes.resize(most);
  // With MSG_TRUNC it tells the whole length, also of what does not fit.
  const ssize_t got = ::recv(fd, datagram.bytes.data(), most, MSG_DONTWAIT | MSG_TRUNC);
  if (got < 0) {
    const int saved = errno;
    if (saved == EINTR || saved == EAGAIN) return std::optional<Datagram>();
    return Error::from_errno(saved, "receive");
  }
  datagram.cut = static_cast<std::size_t>(got) > most;
  datagram.bytes.resize(std::min(static_cast<std::size_t>(got), most));
  return std::optional(std::move(datagram));
}

}  // namespace

Result<std::optional<Datagram>> receive_datagram(int fd, std::size_t most, Deadline deadline) {
  while (true) {
    KRAKEN_ASSIGN(const bool readable, wait_until_readable(fd, deadline));
    if (!readable) return std::optional<Datagram>();
    KRAKEN_ASSIGN(auto datagram, receive_now(fd, most));
    if (datagram) return datagram;
  }
}

}  // namespace kraken
