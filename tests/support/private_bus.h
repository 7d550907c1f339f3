// A D-Bus bus of the test's own, taken for the system bus while it lives (DBUS_SYSTEM_BUS_ADDRESS). Anybody may connect
// and own a name; nobody is started by a call.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

namespace kraken::test {

class PrivateBus {
 public:
  explicit PrivateBus(const std::filesystem::path& folder);
  PrivateBus(const PrivateBus&) = delete;
  PrivateBus& operator=(const PrivateBus&) = delete;
  ~PrivateBus();

  // False where dbus-daemon is not installed.
  bool is_running() const { return !address_.empty(); }
  const std::string& address() const { return address_; }

 private:
  pid_t daemon_ = -1;
  std::string address_;
};

}  // namespace kraken::test
