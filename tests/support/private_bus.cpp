#include "support/private_bus.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>

namespace kraken::test {

namespace {

constexpr const char* kConfiguration =
    R"xml(<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
  </policy>
</busconfig>
)xml";

// The address that the daemon prints; nothing when it could not be started.
std::string first_line_of(int fd) {
  std::string line;
  char letter = 0;
  while (::read(fd, &letter, 1) == 1 && letter != '\n') line += letter;
  return line;
}

}  // namespace

PrivateBus::PrivateBus(const std::filesystem::path& folder) {
  const std::string configuration = "--config-file=" + (folder / "bus.conf").string();
  std::ofstream(folder / "bus.conf") << kConfiguration;
  std::array<int, 2> pipe{};
  if (::pipe(pipe.data()) != 0) std::abort();
  daemon_ = ::fork();
  if (daemon_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(pipe[1], STDOUT_FILENO);
    ::close(pipe[0]);
    ::execlp("dbus-daemon", "dbus-daemon", configuration.c_str(), "--nofork", "--nopidfile", "--nosyslog",
             "--print-address=1", static_cast<char*>(nullptr));
    ::_exit(127);
  }
  ::close(pipe[1]);
  address_ = first_line_of(pipe[0]);
  ::close(pipe[0]);
  ::setenv("DBUS_SYSTEM_BUS_ADDRESS", address_.c_str(), 1);
}

PrivateBus::~PrivateBus() {
  ::unsetenv("DBUS_SYSTEM_BUS_ADDRESS");
  ::kill(daemon_, SIGKILL);
  ::waitpid(daemon_, nullptr, 0);
}

}  // namespace kraken::test
