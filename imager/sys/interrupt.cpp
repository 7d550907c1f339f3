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

// Of signal(7) those that end a program, without the ones of its own faults (SIGSEGV, SIGABRT and their like), of its
// writes (standard_streams.h) and those that nobody can catch.
constexpr std::array kEnding{SIGINT,  SIGTERM,   SIGHUP,  SIGQUIT, SIGUSR1, SIGUSR2,  SIGALRM,
                             SIGPROF, SIGVTALRM, SIGXCPU, SIGIO,   SIGPWR,  SIGSTKFLT};

Status catch_signal(int number) {
  struct sigaction before = {};
  const bool is_usual = number == SIGINT || number == SIGTERM;
  if (!is_usual && ::sigaction(number, nullptr, &before) == 0 && before.sa_handler != SIG_DFL) return ok_status();
  struct sigaction action = {};
  action.sa_handler = on_signal;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  ::sigemptyset(&action.sa_mask);
  if (::sigaction(number, &action, nullptr) != 0) return Error::from_errno(errno, "install a signal handler");
  return ok_status();
}

}  // namespace

Status set_on_interrupt(std::atomic<bool>& flag) {
  interrupt_flag.store(&flag);
  for (const int number : kEnding) KRAKEN_TRY(catch_signal(number));
  // The first of these that the C library leaves to programs is known at run time alone.
  for (int number = SIGRTMIN; number <= SIGRTMAX; ++number) KRAKEN_TRY(catch_signal(number));
  return ok_status();
}

}  // namespace kraken
