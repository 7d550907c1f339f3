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
  record.join = {{{0xc0a8030b}}, 3, 5203, SwarmSettings{{{{0x0ac80000}, 16}}, 24, 3650}, {}, {}};
  record.boot_folder = "/boot/firmware";
  return record;
}

// The same node in a cluster of kubeadm's.
inline NodeRecord kubeadm_record() {
  NodeRecord record = sample_record();
  record.cluster.orchestrator = "kubeadm";
  record.join->swarm.reset();
  record.join->kubeadm = {{{0x0af40000}, 16}, {{0x0a600000}, 16}, "sha256:" + std::string(64, 'c')};
  return record;
}

// The same node in a cluster of k3s's.
inline NodeRecord k3s_record() {
  NodeRecord record = sample_record();
  record.cluster.orchestrator = "k3s";
  record.join->swarm.reset();
  record.join->k3s = {{{0x0a2a0000}, 16}, {{0x0a2b0000}, 16}};
  return record;
}

}  // namespace kraken::test
