// Method calls to one service on the system bus (D-Bus), each with a bounded wait. Nothing is listened for, and nothing
// of this program is called from outside. For this folder alone. One connection is used by one thread.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>

#include "base/result.h"

struct sd_bus;
struct sd_bus_message;

namespace kraken {

struct FreeBusMessage {
  void operator()(sd_bus_message* message) const;
};
using BusMessage = std::unique_ptr<sd_bus_message, FreeBusMessage>;

struct BusMethod {
  std::string object;
  std::string interface;
  std::string name;
};

// How long an answer is waited for, and what ends the waiting before.
struct BusPatience {
  std::chrono::steady_clock::time_point deadline;
  const std::atomic<bool>* stop = nullptr;
};

class SystemBus {
 public:
  // kUnsupported when there is no system bus. What else is wrong with it shows when the first call is made.
  static Result<SystemBus> connect(std::string service);

  // A call without arguments; the caller appends them.
  Result<BusMessage> new_call(const BusMethod& method) const;

  // The answer. kUnsupported when the service does not run and cannot be started; kNotFound when it does not know the
  // object; kInterrupted when told to stop; kIo for any other error of its, for one of the bus, and for no answer in
  // time.
  Result<BusMessage> call(const BusMessage& question, const BusPatience& patience) const;

 private:
  struct Close {
    void operator()(sd_bus* bus) const;
  };
  using Connection = std::unique_ptr<sd_bus, Close>;

  SystemBus(std::string service, Connection connection)
      : service_(std::move(service)), connection_(std::move(connection)) {}
  Result<BusMessage> wait_for(std::uint64_t question, const BusPatience& patience) const;

  std::string service_;
  Connection connection_;
};

// For what sd-bus answers while a message is made or read: a negative errno.
Status bus_status(int result, const std::string& what);

}  // namespace kraken
