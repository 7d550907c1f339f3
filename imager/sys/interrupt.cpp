#include "sys/interrupt.h"

#include <array>
#include <cerrno>
#include <csignal>

namespace kraken {

namespace {

// A signal handler gets nothing but a number, so the flag's place has to be global.
std::atomic<std::atomic<bool>*> interrupt_flag{nullptr};
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<std::atomic<bool>*>::is_always_lock_free,
              "a handler may only touch what needs no lock");

void on_signal(int /*number*/) {
  if (auto* flag = interrupt_flag.load()) flag->store(true);
}

}  // namespace

Status set_on_interrupt(std::atomic<bool>& flag) {
  interrupt_flag.store(&flag);
  for (const int number : std::array{SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction before = {};
    if (number == SIGHUP && ::sigaction(number, nullptr, &before) == 0 && before.sa_handler == SIG_IGN) continue;
    struct sigaction action = {};
    action.sa_handler = on_signal;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    ::sigemptyset(&action.sa_mask);
    if (::sigaction(number, &action, nullptr) != 0) return Error::from_errno(errno, "install a signal handler");
  }
  return ok_status();
}

}  // namespace kraken
