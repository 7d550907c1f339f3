#include "measure/confined_child.h"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include "base/units.h"

namespace kraken {

namespace {

constexpr int kOut = 3;
constexpr uid_t kNobody = 65534;  // nobody and nogroup (Debian policy, section 9.2.2)

// A report of iperf3 has 3 KiB, and 400 bytes more for every second.
constexpr std::size_t kMostOutput = 64 * kKiB;

// iperf3 takes 5 MiB. What counts is that a peer cannot make it take the node's memory: iperf 3.12 allocates what the
// peer announces. The address space of a program under AddressSanitizer cannot be limited.
#ifdef __SANITIZE_ADDRESS__
constexpr rlim_t kMostMemory = RLIM_INFINITY;
#else
constexpr rlim_t kMostMemory = 192 * kMiB;
#endif
// Its payload lies in a temporary file of 128 KiB.
constexpr rlim_t kLargestFile = kMiB;
constexpr rlim_t kMostFiles = 64;

bool set_limit(__rlimit_resource_t resource, rlim_t limit) {
  const rlimit value{limit, limit};
  return ::setrlimit(resource, &value) == 0;
}

bool drop_privileges() {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return false;
  if (::geteuid() != 0) return true;
  return ::setgroups(0, nullptr) == 0 && ::setresgid(kNobody, kNobody, kNobody) == 0 &&
         ::setresuid(kNobody, kNobody, kNobody) == 0;
}

bool keep_only(int out) {
  const int nowhere = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  if (nowhere < 0) return false;
  // `out` may be one of the lowest itself.
  const int moved = ::fcntl(out, F_DUPFD_CLOEXEC, kOut + 1);
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::dup2(nowhere, standard) < 0) return false;
  }
  return moved >= 0 && ::dup2(moved, kOut) >= 0 && ::close_range(kOut + 1, ~0U, 0) == 0;
}

bool confine(int out, std::chrono::seconds lifetime) {
  const auto seconds = static_cast<unsigned>(std::max<std::chrono::seconds::rep>(lifetime.count(), 1));
  ::signal(SIGALRM, SIG_DFL);
  ::signal(SIGTERM, SIG_DFL);
  ::signal(SIGINT, SIG_DFL);
  ::signal(SIGPIPE, SIG_IGN);
  ::alarm(seconds);
  // A change of the user would clear the parent-death signal: it comes after that.
  return drop_privileges() && ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 && keep_only(out) &&
         set_limit(RLIMIT_AS, kMostMemory) && set_limit(RLIMIT_FSIZE, kLargestFile) &&
         set_limit(RLIMIT_NOFILE, kMostFiles) && set_limit(RLIMIT_CORE, 0);
}

}  // namespace

Result<ConfinedChild> ConfinedChild::start(const Work& work, std::chrono::seconds lifetime) {
  std::array<int, 2> ends = {};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return Error::from_errno(errno, "make a pipe");
  UniqueFd reading(ends[0]);
  const UniqueFd writing(ends[1]);
  const pid_t pid = ::fork();
  if (pid < 0) return Error::from_errno(errno, "fork");
  if (pid == 0) {
    if (!confine(writing.get(), lifetime)) ::_exit(1);
    work(kOut);
    ::_exit(0);
  }
  return ConfinedChild(pid, std::move(reading));
}

ConfinedChild::ConfinedChild(ConfinedChild&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), pipe_(std::move(other.pipe_)), output_(std::move(other.output_)) {}

ConfinedChild::~ConfinedChild() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

ConfinedChild::Event ConfinedChild::wait(Clock::time_point deadline) {
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return Event::kDeadline;
    pollfd watched{pipe_.get(), POLLIN, 0};
    if (::poll(&watched, 1, static_cast<int>(std::min<std::int64_t>(left, 60'000))) <= 0) continue;
    std::array<char, 4096> buffer = {};
    const ssize_t got = ::read(pipe_.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return Event::kEnded;
    output_.append(buffer.data(), static_cast<std::size_t>(got));
    return output_.size() > kMostOutput ? Event::kTooMuch : Event::kOutput;
  }
}

}  // namespace kraken
