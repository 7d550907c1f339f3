#include "sys/standard_streams.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace kraken {

Status reserve_standard_streams() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (::fcntl(fd, F_GETFD) != -1 || errno != EBADF) continue;
    // It gets the lowest number that is free, which is this one. Programs that are started inherit it.
    if (::open("/dev/null", O_RDWR) != fd) return Error::from_errno(errno, "open /dev/null");
  }
  return ok_status();
}

Status ignore_write_signals() {
  for (const int number : kWriteSignals) {
    if (::signal(number, SIG_IGN) == SIG_ERR) return Error::from_errno(errno, "ignore a signal");
  }
  return ok_status();
}

}  // namespace kraken
