// Runs part of a test where it cannot disturb anybody: in a forked child with a network namespace of its own, in which
// it may do what root may. A neighbour is a second such namespace, to which a veth pair is the cable.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <functional>
#include <string>

#include "base/unique_fd.h"
#include "support/temp_folder.h"

namespace kraken::test {

// As root, or as who is root in a user namespace of its own: without the mapping, programs would lose what it may do.
inline bool enter_own_network() {
  if (::unshare(CLONE_NEWNET) == 0) return true;
  const std::string root_is_me = "0 " + std::to_string(::geteuid()) + " 1";
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) return false;
  const UniqueFd map(::open("/proc/self/uid_map", O_WRONLY | O_CLOEXEC));
  return ::write(map.get(), root_is_me.data(), root_is_me.size()) > 0;
}

// Skips the test where the kernel, or a container's policy, does not permit it. Failures of the body's expectations are
// the test's. To be a test's last statement.
inline void in_own_network(const std::function<void()>& body) {
  constexpr int not_permitted = 77;
  std::fflush(nullptr);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    if (!enter_own_network()) ::_exit(not_permitted);
    body();
    std::fflush(nullptr);
    ::_exit(testing::Test::HasFailure() ? 1 : 0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  if (WIFEXITED(status) && WEXITSTATUS(status) == not_permitted) {
    GTEST_SKIP() << "needs a network namespace of its own: run as root, or permit user namespaces";
  }
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "in the child: see above; wait status " << status;
}

// A program of iproute2's; it has to succeed.
inline std::string ip(const std::string& command) {
  const Ran ran = run("ip " + command);
  EXPECT_EQ(ran.status, 0) << "ip " << command << ": " << ran.output;
  return ran.output;
}

class Neighbour {
 public:
  Neighbour() : here_(this_namespace()) {
    EXPECT_EQ(::unshare(CLONE_NEWNET), 0) << std::strerror(errno);
    there_ = this_namespace();
    EXPECT_EQ(::setns(here_.get(), CLONE_NEWNET), 0) << std::strerror(errno);
  }
  Neighbour(const Neighbour&) = delete;
  Neighbour& operator=(const Neighbour&) = delete;
  ~Neighbour() = default;

  // The calling thread does it there, and is back afterwards.
  void run(const std::function<void()>& body) const {
    EXPECT_EQ(::setns(there_.get(), CLONE_NEWNET), 0) << std::strerror(errno);
    body();
    EXPECT_EQ(::setns(here_.get(), CLONE_NEWNET), 0) << std::strerror(errno);
  }
  void ip(const std::string& command) const {
    run([&] { test::ip(command); });
  }
  // From `link` here to `far` there; both are up, with a carrier.
  void cable(const std::string& link, const std::string& far) const {
    const std::string place = "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(there_.get());
    test::ip("link add " + link + " type veth peer name " + far + " netns " + place);
    test::ip("link set " + link + " up");
    ip("link set " + far + " up");
  }

 private:
  static UniqueFd this_namespace() { return UniqueFd(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)); }

  UniqueFd here_;
  UniqueFd there_;
};

}  // namespace kraken::test
