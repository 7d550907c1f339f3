#include "sys/process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <optional>
#include <span>

#include "base/text.h"
#include "base/unique_fd.h"
#include "sys/standard_streams.h"

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX asks the program to declare it

namespace kraken {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLookInterval{100};
constexpr std::chrono::seconds kGrace{2};

// posix_spawn's attributes and file actions, with their destructors.
class SpawnPlan {
 public:
  SpawnPlan() {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawnattr_init(&attributes_);
  }
  ~SpawnPlan() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  // What this program ignores would be ignored by the other one too, which does not expect that.
  int restore_signals() {
    sigset_t restored;
    ::sigemptyset(&restored);
    for (const int number : kWriteSignals) ::sigaddset(&restored, number);
    const int failed = ::posix_spawnattr_setsigdefault(&attributes_, &restored);
    return failed != 0 ? failed : set_flag(POSIX_SPAWN_SETSIGDEF);
  }

  int run_in(const std::filesystem::path& folder) {
    return folder.empty() ? 0 : ::posix_spawn_file_actions_addchdir_np(&actions_, folder.c_str());
  }

  int capture_into(int fd) {
    int failed = ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (failed == 0) failed = ::posix_spawn_file_actions_adddup2(&actions_, fd, STDOUT_FILENO);
    if (failed == 0) failed = ::posix_spawn_file_actions_adddup2(&actions_, fd, STDERR_FILENO);
    // A group of its own, so that a timeout ends its children too.
    if (failed == 0) failed = ::posix_spawnattr_setpgroup(&attributes_, 0);
    return failed != 0 ? failed : set_flag(POSIX_SPAWN_SETPGROUP);
  }

  const posix_spawn_file_actions_t* actions() const { return &actions_; }
  const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  int set_flag(int flag) {
    flags_ |= flag;
    return ::posix_spawnattr_setflags(&attributes_, static_cast<short>(flags_));
  }

  int flags_ = 0;
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

std::vector<std::string> merged_environment(const ProcessOptions& options) {
  std::vector<std::string> merged;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const auto name = text.substr(0, text.find('='));
    const bool replaced =
        std::ranges::any_of(options.environment, [&](const auto& pair) { return pair.first == name; });
    if (!replaced) merged.emplace_back(text);
  }
  for (const auto& [name, value] : options.environment) merged.push_back(name + "=" + value);
  return merged;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (auto& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

Result<pid_t> spawn(const std::vector<std::string>& argv, const ProcessOptions& options, const SpawnPlan& plan) {
  std::vector<std::string> words = argv;
  std::vector<std::string> variables = merged_environment(options);
  const auto arguments = pointers_to(words);
  const auto environment = pointers_to(variables);
  pid_t pid = -1;
  const int failed =
      ::posix_spawnp(&pid, arguments[0], plan.actions(), plan.attributes(), arguments.data(), environment.data());
  if (failed != 0) return Error::from_errno(failed, "run " + argv[0]);
  return pid;
}

enum class Signalled { kProcess, kGroup };

// A program that runs; waits for it in every case, so that no zombie is left behind.
class Child {
 public:
  Child(pid_t pid, UniqueFd handle, Signalled signalled)
      : pid_(pid), handle_(std::move(handle)), signalled_(signalled) {}
  Child(Child&& other) noexcept
      : pid_(std::exchange(other.pid_, -1)), handle_(std::move(other.handle_)), signalled_(other.signalled_) {}
  Child& operator=(Child&&) = delete;
  ~Child() {
    if (pid_ > 0) end();
  }

  int handle() const { return handle_.get(); }

  int wait() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

  void end() {
    send(SIGTERM);
    const auto deadline = Clock::now() + kGrace;
    bool over = false;
    while (!over && Clock::now() < deadline) {
      pollfd watched{handle_.get(), POLLIN, 0};
      over = ::poll(&watched, 1, static_cast<int>(kLookInterval.count())) > 0;
    }
    // The program may be gone and its children not.
    if (!over || signalled_ == Signalled::kGroup) send(SIGKILL);
    wait();
  }

 private:
  void send(int number) const { ::kill(signalled_ == Signalled::kGroup ? -pid_ : pid_, number); }

  pid_t pid_;
  UniqueFd handle_;
  Signalled signalled_;
};

Result<Child> start(const std::vector<std::string>& argv, const ProcessOptions& options, int capture_fd) {
  if (argv.empty() || argv[0].empty()) return Error(ErrorCode::kInternal, "no program was given to run");
  if (std::ranges::any_of(argv, contains_nul)) {
    return Error(ErrorCode::kInvalidArgument, "run " + argv[0] + ": an argument holds a NUL byte");
  }
  SpawnPlan plan;
  int failed = plan.restore_signals();
  if (failed == 0) failed = plan.run_in(options.folder);
  if (failed == 0 && capture_fd >= 0) failed = plan.capture_into(capture_fd);
  if (failed != 0) return Error::from_errno(failed, "prepare to run " + argv[0]);
  KRAKEN_ASSIGN(const pid_t pid, spawn(argv, options, plan));
  // By number: glibc 2.36 declares pidfd_open without C linkage.
  UniqueFd handle(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  const int saved = errno;
  Child child(pid, std::move(handle), capture_fd >= 0 ? Signalled::kGroup : Signalled::kProcess);
  if (child.handle() < 0) return Error::from_errno(saved, "watch " + argv[0]);
  return child;
}

// Why the program must not run on, if so.
class Limits {
 public:
  explicit Limits(const ProcessOptions& options) : options_(&options), started_(Clock::now()) {}

  Status check() const {
    if (options_->stop != nullptr && options_->stop->load()) {
      return Error(ErrorCode::kInterrupted, "interrupted");
    }
    const auto limit = options_->timeout;
    if (limit.count() > 0 && Clock::now() - started_ >= limit) {
      return Error(ErrorCode::kIo, "not done after " + std::to_string(limit.count()) + " ms; ended");
    }
    return ok_status();
  }

 private:
  const ProcessOptions* options_;
  Clock::time_point started_;
};

// Appends what can be read now; true at the end of the output.
Result<bool> drain(int fd, std::string& output) {
  std::array<char, 16384> buffer{};
  while (true) {
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    if (got == 0) return true;
    if (got > 0) {
      output.append(buffer.data(), static_cast<std::size_t>(got));
      return false;
    }
    if (errno == EAGAIN) return false;
    if (errno != EINTR) return Error::from_errno(errno, "read a program's output");
  }
}

// Until the program is over; its exit status.
Result<int> wait_within(Child& child, const Limits& limits) {
  while (true) {
    pollfd watched{child.handle(), POLLIN, 0};
    if (::poll(&watched, 1, static_cast<int>(kLookInterval.count())) > 0) return child.wait();
    KRAKEN_TRY(limits.check());
  }
}

// Everything that comes out of `fd` while the program runs.
Result<std::string> collect(int fd, const Child& child, const Limits& limits, Bytes limit) {
  std::string output;
  bool at_end = false;
  while (!at_end) {
    std::array<pollfd, 2> watched{{{fd, POLLIN, 0}, {child.handle(), POLLIN, 0}}};
    ::poll(watched.data(), watched.size(), static_cast<int>(kLookInterval.count()));
    const bool is_over = watched[1].revents != 0;
    const Bytes before = output.size();
    KRAKEN_ASSIGN(at_end, drain(fd, output));
    // A daemon that the program left behind may hold the pipe open for ever.
    if (is_over && output.size() == before) at_end = true;
    if (output.size() > limit) {
      return Error(ErrorCode::kCorrupt, "more output than the " + human_bytes(limit) + " that are allowed");
    }
    if (!at_end) KRAKEN_TRY(limits.check());
  }
  return output;
}

}  // namespace

Result<int> run_process(const std::vector<std::string>& argv, const ProcessOptions& options) {
  KRAKEN_ASSIGN(Child child, start(argv, options, -1));
  return wait_within(child, Limits(options)).with_context("run " + argv[0]);
}

Result<ProcessOutput> capture_process(const std::vector<std::string>& argv, const ProcessOptions& options,
                                      Bytes limit) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return Error::from_errno(errno, "make a pipe");
  const UniqueFd reading(ends[0]);
  UniqueFd writing(ends[1]);
  if (::fcntl(reading.get(), F_SETFL, O_NONBLOCK) != 0) return Error::from_errno(errno, "make a pipe");
  KRAKEN_ASSIGN(Child child, start(argv, options, writing.get()));
  writing.reset();
  const Limits limits(options);
  ProcessOutput result;
  KRAKEN_ASSIGN(result.output, collect(reading.get(), child, limits, limit).with_context("run " + argv[0]));
  // It may have closed its output and run on.
  KRAKEN_ASSIGN(result.status, wait_within(child, limits).with_context("run " + argv[0]));
  return result;
}

}  // namespace kraken
