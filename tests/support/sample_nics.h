// Interfaces as read_nics() would have found them, for tests of what is made of them: the onboard one of a Raspberry Pi
// 3B and adapters of every class.
#pragma once

#include <optional>
#include <string>

#include "nic/nic.h"

namespace kraken::test {

enum class Cable { kIn, kOut, kUnknown };

inline std::optional<bool> carrier_of(Cable cable) {
  if (cable == Cable::kUnknown) return std::nullopt;
  return cable == Cable::kIn;
}

inline Nic onboard(Cable cable = Cable::kIn) {
  Nic nic;
  nic.name = "eth0";
  nic.driver = "smsc95xx";
  nic.usb = UsbId{0x0424, 0xec00};
  nic.usb_port = "1-1.1";
  nic.onboard = true;
  nic.onboard_reason = "the device tree says so";
  nic.carrier = carrier_of(cable);
  if (cable == Cable::kIn) nic.speed_mbit = 100;
  return nic;
}

inline Nic adapter(const std::string& name, UsbId id, const std::string& port, Cable cable, std::optional<int> speed) {
  Nic nic;
  nic.name = name;
  nic.driver = "driver";
  nic.usb = id;
  nic.usb_port = port;
  nic.onboard_reason = "the device tree names another";
  nic.carrier = carrier_of(cable);
  if (cable == Cable::kIn) nic.speed_mbit = speed;
  return nic;
}

inline Nic gigabit(const std::string& name = "eth1", const std::string& port = "1-1.2", Cable cable = Cable::kIn) {
  return adapter(name, {0x0bda, 0x8153}, port, cable, 1000);
}
inline Nic slow(const std::string& name = "eth1", const std::string& port = "1-1.2", Cable cable = Cable::kIn) {
  return adapter(name, {0x0bda, 0x8152}, port, cable, 100);
}
inline Nic unknown(const std::string& name = "eth1", const std::string& port = "1-1.2", Cable cable = Cable::kIn) {
  return adapter(name, {0x0525, 0xa4a2}, port, cable, std::nullopt);
}
inline Nic pci() {
  Nic nic;
  nic.name = "eth1";
  nic.driver = "r8169";
  nic.onboard_reason = "the device tree names another";
  nic.carrier = true;
  nic.speed_mbit = 2500;
  return nic;
}

}  // namespace kraken::test
