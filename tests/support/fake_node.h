// The part of a Raspberry Pi 3B's tree that first boot looks at, below a temporary folder: procfs, sysfs, device tree,
// a freshly written card with a real (small) ext4 in an image file, and the boot partition's folder.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "contract/node_record.h"
#include "run/first_boot.h"
#include "steps/registry.h"
#include "support/fake_network.h"
#include "support/fake_system.h"
#include "support/node_records.h"
#include "support/temp_folder.h"

namespace kraken::test {

inline constexpr UnixTime kClockWithoutChip = 1680000000;  // March 2023: what a node without a clock starts with

class FakeNode {
 public:
  static constexpr Bytes kPartition = 24 * kMiB;

  FakeNode() {
    put("/proc/device-tree/model", std::string("Raspberry Pi 3 Model B Rev 1.2\0", 31));
    put("/proc/sys/kernel/osrelease", "6.6.51+rpt-rpi-v8\n");
    put("/proc/sys/kernel/random/boot_id", "0b5f0c6e-6c5e-4b2a-8b8c-6f8f2f0a1c11\n");
    put("/proc/sys/kernel/hostname", "raspberrypi\n");
    put("/proc/uptime", "12.34 40.00\n");
    mount("ext4", "rw", "rw");
    put("/sys/dev/block/179:2/uevent", "MAJOR=179\nMINOR=2\nDEVNAME=mmcblk0p2\nDEVTYPE=partition\nPARTN=2\n");
    put("/sys/dev/block/179:2/size", std::to_string(kPartition / 512) + "\n");
    put("/etc/hostname", "raspberrypi\n");
    put("/etc/hosts", "127.0.0.1\tlocalhost\n127.0.1.1\traspberrypi\n10.0.0.9\tnas\n");
    put("/etc/kraken/node.json", format_node_record(sample_record()));
    put("/var/lib/systemd/timesync/clock", "");
    EXPECT_EQ(test::run("touch -d @1600000000 " + path("/var/lib/systemd/timesync/clock").string()).status, 0);
    std::filesystem::create_directories(path("/boot/firmware"));
    make_root_file_system();
  }

  const std::filesystem::path& root() const { return folder_.path(); }
  std::filesystem::path path(std::string_view name) const { return below(root(), name); }

  void put(std::string_view name, std::string_view content) const {
    std::filesystem::create_directories(path(name).parent_path());
    std::ofstream(path(name), std::ios::binary) << content;
  }
  std::string get(std::string_view name) const {
    std::ifstream in(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }

  // What is mounted at /, and how the boot partition is; "" leaves that out.
  void mount(const std::string& root_type, const std::string& root_options, const std::string& boot_options) const {
    std::string text = "24 1 179:2 / / " + root_options + ",noatime shared:1 - " + root_type + " /dev/root rw\n";
    if (!boot_options.empty()) {
      text += "31 24 179:1 / /boot/firmware " + boot_options + ",relatime shared:20 - vfat /dev/mmcblk0p1 " +
              boot_options + ",fmask=0022\n";
    }
    put("/proc/self/mountinfo", text);
  }

  // What the kernel and systemd bring about before first boot runs again.
  void reboot() const {
    put("/proc/sys/kernel/hostname", get("/etc/hostname"));
    put("/proc/sys/kernel/random/boot_id", "boot-" + std::to_string(++boots_) + "\n");
    std::filesystem::remove_all(path("/run"));
  }

  FakeSystem system() const { return FakeSystem(root(), kClockWithoutChip); }

  Outcome run(FakeSystem& system) const { return run_with(system, early_steps()); }
  Outcome run_with(FakeSystem& system, const Steps& steps) const {
    FakeNetwork network;
    FirstBoot first_boot({.root = root(), .record = path(kNodeRecordPath), .stage = Stage::kEarly}, {system, network},
                         steps);
    return first_boot.run();
  }
  Outcome boot() const {
    FakeSystem machine = system();
    return run(machine);
  }

  // Everything that lasts, by path, but for the log: /proc, /sys, /run and the device are the machine's.
  std::map<std::string, std::string> lasting() const {
    std::map<std::string, std::string> files;
    for (const char* top : {"/etc", "/var", "/boot"}) {
      for (const auto& entry : std::filesystem::recursive_directory_iterator(path(top))) {
        const std::string name = "/" + entry.path().lexically_relative(root()).string();
        if (entry.is_regular_file() && name != kLogPath) files[name] = get(name);
      }
    }
    return files;
  }

 private:
  void make_root_file_system() const {
    std::filesystem::create_directories(path("/dev"));
    const std::string device = path("/dev/mmcblk0p2").string();
    const Ran ran = test::run("truncate -s 16M " + device + " && mkfs.ext4 -q -b 4096 -O ^64bit,^huge_file " + device);
    EXPECT_EQ(ran.status, 0) << ran.output;
  }

  TempFolder folder_;
  mutable int boots_ = 1;
};

}  // namespace kraken::test
