// A folder with a small, right cluster: cluster.yaml, two profiles, an overlay, a base description and a public key.
// Tests change one thing in it and look at what the reader says.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "support/temp_folder.h"

namespace kraken::test {

// A key pair's public half, made for these tests; the private half was never kept.
inline constexpr std::string_view kPublicKey =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f test@kraken";

inline constexpr std::string_view kCluster = R"(cluster:
  name: kraken
  timezone: Europe/Berlin
  secrets: secrets
base: tiny
orchestrator: swarm
network:
  subnet: 192.168.3.0/24
  gateway: 192.168.3.1
  dns: [192.168.3.1, 9.9.9.9]
access:
  user: kraken
  authorized_keys_files: [id.pub]
  sudo_without_password: true
nodes:
  - {id: 2, name: kraken-2, address: 192.168.3.12, profile: worker, card: 16GB}
  - {id: 1, name: kraken-1, address: 192.168.3.11, profile: big, card: 32GB, labels: {zone: a}}
)";

inline constexpr std::string_view kWorker = R"(description: a worker
role: worker
card: {min_size: 14GiB, root_size: fill}
nic: {primary: usb-gigabit, fallback: onboard, mode: failover}
tuning: {rps: true, tx_queue_length: 2000, swap_off: false}
overlays: [host]
boot:
  cmdline: {add: [cgroup_enable=memory, quiet], remove: [splash]}
  config: ["gpu_mem=16"]
)";

inline constexpr std::string_view kBig = R"(extends: worker
role: manager
card: {min_size: 29GiB}
tuning: {rps: false}
overlays: [host, extra]
boot:
  cmdline: {add: [splash], remove: [quiet]}
  config: ["gpu_mem=16", "dtparam=act_led_trigger=heartbeat"]
)";

inline constexpr std::string_view kTinyBase = R"(name: tiny
description: a base for tests
architecture: arm64
build:
  suite: bookworm
  packages: [udev]
  boot_size: 64MiB
  root_size: 512MiB
  clock: 2026-01-01T00:00:00Z
)";

inline void write(const std::filesystem::path& file, std::string_view text) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
}

inline std::string read(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// The text with its first `from` replaced; fails the test when there is none.
inline std::string changed(std::string_view text, std::string_view from, std::string_view to) {
  std::string result(text);
  const std::size_t at = result.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  if (at != std::string::npos) result.replace(at, from.size(), to);
  return result;
}

class ConfigFiles {
 public:
  ConfigFiles() {
    write(folder_ / "cluster.yaml", kCluster);
    write(folder_ / "id.pub", std::string(kPublicKey) + "\n");
    write(folder_ / "profiles/worker.yaml", kWorker);
    write(folder_ / "profiles/big.yaml", kBig);
    write(folder_ / "profiles/bases/tiny.yaml", kTinyBase);
    write(folder_ / "overlays/host/rootfs/etc/motd", "hello\n");
    write(folder_ / "overlays/host/overlay.yaml", "files:\n  - {path: rootfs/etc/motd, mode: \"0644\"}\n");
    write(folder_ / "overlays/extra/boot/extra.txt", "extra\n");
  }

  std::filesystem::path cluster() const { return folder_ / "cluster.yaml"; }
  const std::filesystem::path& path() const { return folder_.path(); }
  void put(const std::string& name, std::string_view text) const { write(folder_ / name, text); }

 private:
  TempFolder folder_;
};

}  // namespace kraken::test
