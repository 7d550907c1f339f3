// A network to ask a stack for: node 3's, with the adapter and the onboard interface of a Raspberry Pi 3B.
#pragma once

#include <string_view>

#include "stack/stack.h"

namespace kraken::test {

inline Nic usb_adapter() {
  Nic nic;
  nic.name = "eth1";
  nic.index = 3;
  nic.driver = "r8152";
  nic.usb = UsbId{0x0bda, 0x8153};
  nic.usb_port = "1-1.2";
  nic.path = "platform-3f980000.usb-usb-0:1.2:1.0";
  nic.permanent_mac = parse_mac("00:e0:4c:68:00:2a");
  return nic;
}

inline Nic onboard_nic() {
  Nic nic;
  nic.name = "eth0";
  nic.index = 2;
  nic.driver = "smsc95xx";
  nic.usb = UsbId{0x0424, 0xec00};
  nic.usb_port = "1-1.1";
  nic.path = "platform-3f980000.usb-usb-0:1.1:1.0";
  nic.permanent_mac = parse_mac("b8:27:eb:12:34:56");
  nic.onboard = true;
  return nic;
}

// Failover: without a fallback it is a single interface.
inline WantedNetwork wanted_network() {
  WantedNetwork wanted;
  wanted.address = {0xc0a8030d};  // 192.168.3.13
  wanted.prefix = 24;
  wanted.gateway = {0xc0a80301};
  wanted.dns = {{0xc0a80301}, {0x01010101}};
  wanted.primary = usb_adapter();
  wanted.fallback = onboard_nic();
  wanted.peers = {{0xc0a8030b}, {0xc0a8030d}, {0xc0a8030c}, {0xc0a8030e}};  // itself among them
  return wanted;
}

inline WantedNetwork single_network() {
  WantedNetwork wanted = wanted_network();
  wanted.fallback.reset();
  return wanted;
}

inline Stack stack_of(StackKind kind, bool can_bond = true) {
  Stack stack;
  stack.kind = kind;
  stack.renderer = kind;
  stack.can_bond = can_bond;
  return stack;
}

// "(no such file)" when the configuration does not have it.
inline std::string content_of(const StackConfig& config, std::string_view path) {
  for (const StackFile& file : config.files) {
    if (file.path == path) return file.content;
  }
  return "(no such file)";
}

}  // namespace kraken::test
