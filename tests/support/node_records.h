// A valid node record for tests to start from: node 3 of a cluster of three Raspberry Pi 3B.
#pragma once

#include "contract/node_record.h"

namespace kraken::test {

inline NodeRecord sample_record() {
  NodeRecord record;
  record.cluster = {"kraken", "swarm"};
  record.node = {3, "kraken-3", "worker", "worker", {{"disk", "sd"}, {"note", "Grüße \"quoted\""}}};
  record.build = {1795000000, "kraken-image 0.1.0", std::string(64, 'a')};
  record.network = {{0xc0a8030d}, 24, {0xc0a80301}, {{0xc0a80301}, {0x01010101}}};
  record.nic = {"usb-gigabit", "onboard", "failover", true};
  record.tuning = {{"rps", true}, {"txqueuelen", std::int64_t{1000}}};
  record.hosts = {{"kraken-1", {0xc0a8030b}, "manager", 1},
                  {"kraken-2", {0xc0a8030c}, "worker", 2},
                  {"kraken-3", {0xc0a8030d}, "worker", 3}};
  record.join = {{{0xc0a8030b}}, 3, 5203, SwarmSettings{{{{0x0ac80000}, 16}}, 24, 3650}};
  record.boot_folder = "/boot/firmware";
  return record;
}

}  // namespace kraken::test
