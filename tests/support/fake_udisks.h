// A udisks2 of the test's own on a PrivateBus: it has the devices that it is given, and opens files for them or fails
// in the ways in which the real one does. A process, so that it may vanish, and keep the rights that the test gives up.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "support/private_bus.h"
#include "sys/block_device.h"

namespace kraken::test {

struct FakeBlock {
  std::string name;  // the last part of its object's path
  DeviceNumber number;
};

// What becomes of one call of OpenDevice or Rescan.
struct FakeAnswer {
  std::string error{};                   // the name of the error on the bus; empty: none
  std::string file{};                    // what is opened; the process ends instead when there is none
  bool hangs = false;                    // never answers
  int ignored_flags = 0;                 // of open(2)
  std::function<void()> before = [] {};  // runs in the fake's process
};

class FakeUdisks {
 public:
  // The n-th call of OpenDevice gets the n-th answer, and the last one from then on.
  FakeUdisks(const PrivateBus& bus, std::vector<FakeBlock> blocks, std::vector<FakeAnswer> answers);
  FakeUdisks(const FakeUdisks&) = delete;
  FakeUdisks& operator=(const FakeUdisks&) = delete;
  ~FakeUdisks();

  // One line for each call so far: "OpenDevice sdb rw 524416 interactive", "Rescan sdb quiet".
  std::vector<std::string> calls() const;

 private:
  std::filesystem::path log_;
  pid_t process_ = -1;
};

}  // namespace kraken::test
