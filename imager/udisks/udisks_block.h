// udisks2, the system service that opens block devices for users whom polkit permits it, after asking for a password
// where its rules say so. Only a whole device is asked for; what comes back has to be looked at as anything else that
// was opened by somebody else. Used by one thread.
#pragma once

#include <atomic>
#include <chrono>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "sys/block_device.h"
#include "udisks/system_bus.h"

namespace kraken {

struct UdisksPatience {
  std::chrono::milliseconds answer{30'000};       // the service may have to be started first
  std::chrono::milliseconds permission{180'000};  // a person may have to find and type a password
  std::chrono::milliseconds rescan{5'000};
  const std::atomic<bool>* stop = nullptr;
};

class UdisksBlock {
 public:
  // The device by its number: names may differ. kUnsupported when there is no system bus or no udisks2; kNotFound when
  // it does not know the device; kInterrupted; kIo for what else goes wrong.
  static Result<UdisksBlock> find(DeviceNumber number, const UdisksPatience& patience);

  // For reading and writing, with further flags of open(2) such as O_EXCL and O_DIRECT. As find(), and kIo when it is
  // not permitted, or when the password's question was dismissed or not answered in time.
  Result<UniqueFd> open(int flags);

  // Has the kernel look at the partitions anew, which takes that nobody has the device open exclusively. Asks no
  // password, and whether it worked is not known.
  void rescan();

 private:
  UdisksBlock(SystemBus bus, std::string object, const UdisksPatience& patience)
      : bus_(std::move(bus)), object_(std::move(object)), patience_(patience) {}

  SystemBus bus_;
  std::string object_;
  UdisksPatience patience_;
};

}  // namespace kraken
