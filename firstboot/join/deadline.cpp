#include "join/deadline.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>

namespace kraken {

namespace {

constexpr std::chrono::milliseconds kLongestPoll{60'000};  // its argument is an int

}  // namespace

std::chrono::milliseconds Deadline::left() const {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(end_ - Clock::now());
  return std::max(left, std::chrono::milliseconds(0));
}

Status Deadline::wait(int fd, short events) const {
  while (true) {
    const auto time = std::min(left(), kLongestPoll);
    pollfd watched{fd, events, 0};
    const int ready = ::poll(&watched, 1, static_cast<int>(time.count()));
    if (ready > 0) return ok_status();
    if (ready < 0 && errno != EINTR) return Error::from_errno(errno, "poll");
    if (passed()) return Error::from_errno(ETIMEDOUT, "no answer in time");
  }
}

}  // namespace kraken
