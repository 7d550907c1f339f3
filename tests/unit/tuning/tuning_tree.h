// What tuning looks at on a Raspberry Pi 3B with Raspberry Pi OS bookworm and a USB gigabit adapter (eth1), below a
// temporary folder: nothing is tuned yet, and everything can be.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "support/fake_network.h"
#include "support/fake_system.h"
#include "support/node_records.h"
#include "support/temp_folder.h"
#include "tuning/tuning.h"

namespace kraken::test {

class TuningTree {
 public:
  using State = SettingState::State;

  TuningTree() : system_(folder_.path(), 0) {
    put_kernel();
    put_interfaces();
    put("/etc/fstab", "proc /proc proc defaults 0 0\n/dev/mmcblk0p3 none swap sw 0 0\n#/dev/sda1 none swap sw 0 0\n");
    put("/lib/systemd/system/dphys-swapfile.service", "[Unit]\n");
    put("/boot/firmware/cmdline.txt", "console=tty1 root=PARTUUID=1-02 rootwait\n");
    record = sample_record();
    record.tuning = {{"rps", true},
                     {"receive_buffers", true},
                     {"fair_queue_bbr", true},
                     {"tx_queue_length", std::int64_t{2000}},
                     {"usb_autosuspend_off", true},
                     {"eee_off", true},
                     {"cpu_governor_performance", true},
                     {"ip_forward", true},
                     {"bridge_netfilter", true},
                     {"memory_cgroup", true},
                     {"swap_off", true}};
    network.network.links = {link(2, "eth0"), link(3, "eth1")};
    network.eee = {{3, true}};  // smsc95xx, the onboard one's driver, has none to switch
    system_.set_programs([this](const std::vector<std::string>& argv) { return run(argv); });
  }

  NodeRecord record;
  FakeNetwork network;
  std::vector<Nic> nics = {nic(2, "eth0", "1-1.1"), nic(3, "eth1", "1-1.2")};

  FakeSystem& system() { return system_; }

  void put(std::string_view name, std::string_view content) const {
    std::filesystem::create_directories(path(name).parent_path());
    std::ofstream(path(name), std::ios::binary) << content;
  }
  std::string get(std::string_view name) const {
    std::ifstream in(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  bool has(std::string_view name) const { return std::filesystem::exists(path(name)); }
  void remove(std::string_view name) const { std::filesystem::remove_all(path(name)); }

  TuningFacts facts() const {
    return read_tuning(folder_.path(), nics, network.network.links, read_eee(nics, network));
  }
  SettingState check(std::string_view name) const {
    for (const SettingState& state : check_tuning(record, facts())) {
      if (state.name == name) return state;
    }
    ADD_FAILURE() << "no setting " << name;
    return {};
  }
  State state(std::string_view name) const { return check(name).state; }
  Status apply(std::string_view name) { return apply_setting(name, facts(), record, system_, network); }

  // What was asked of system and network for one setting.
  std::vector<std::string> changes_of(std::string_view name) {
    const std::size_t before = system_.changes().size();
    const std::size_t network_before = network.changes().size();
    const Status status = apply(name);
    EXPECT_TRUE(status.ok()) << status.error().what();
    std::vector<std::string> changes(system_.changes().begin() + static_cast<std::ptrdiff_t>(before),
                                     system_.changes().end());
    changes.insert(changes.end(), network.changes().begin() + static_cast<std::ptrdiff_t>(network_before),
                   network.changes().end());
    return changes;
  }

  // What the kernel forgets when the node boots; what systemd's own programs then do is not played.
  void reboot() {
    put_kernel();
    put_interfaces();
    remove("/proc/sys/net/bridge");
    network.network.links = {link(2, "eth0"), link(3, "eth1")};
    network.eee = {{3, true}};
  }

 private:
  std::filesystem::path path(std::string_view name) const { return below(folder_.path(), name); }

  static Link link(int index, std::string name) {
    Link link;
    link.index = index;
    link.name = std::move(name);
    link.up = true;
    link.tx_queue_length = 1000;
    link.queueing = "fq_codel";
    return link;
  }
  static Nic nic(int index, std::string name, std::string usb_port) {
    Nic nic;
    nic.index = index;
    nic.name = std::move(name);
    nic.usb_port = std::move(usb_port);
    return nic;
  }

  Status run(const std::vector<std::string>& argv) const {
    if (argv == std::vector<std::string>{"modprobe", "br_netfilter"}) {
      put("/proc/sys/net/bridge/bridge-nf-call-iptables", "0\n");
      put("/proc/sys/net/bridge/bridge-nf-call-ip6tables", "1\n");
    }
    return ok_status();
  }

  void put_kernel() const {
    const std::string sys = "/proc/sys/";
    put(sys + "kernel/osrelease", "6.6.51+rpt-rpi-v8\n");
    put("/lib/modules/6.6.51+rpt-rpi-v8/modules.dep",
        "kernel/net/ipv4/tcp_bbr.ko.xz:\nkernel/net/sched/sch_fq.ko.xz:\n"
        "kernel/net/bridge/br_netfilter.ko.xz: kernel/net/bridge/bridge.ko.xz\n");
    put(sys + "net/core/rmem_max", "212992\n");
    put(sys + "net/core/netdev_max_backlog", "1000\n");
    put(sys + "net/ipv4/tcp_rmem", "4096\t131072\t6291456\n");
    put(sys + "vm/min_free_kbytes", "3888\n");
    put(sys + "net/core/default_qdisc", "fq_codel\n");
    put(sys + "net/ipv4/tcp_congestion_control", "cubic\n");
    put(sys + "net/ipv4/tcp_available_congestion_control", "reno cubic\n");
    put(sys + "net/ipv4/ip_forward", "0\n");
    put("/proc/cmdline", "console=tty1 cgroup_disable=memory root=PARTUUID=1-02 rootwait\n");
    put("/proc/swaps",
        "Filename\t\t\t\tType\t\tSize\tUsed\tPriority\n/var/swap                               "
        "file\t\t102396\t0\t-2\n");
    put("/sys/fs/cgroup/cgroup.controllers", "cpuset cpu io pids\n");
    put("/sys/devices/system/cpu/online", "0-3\n");
    put("/sys/devices/system/cpu/cpufreq/policy0/scaling_governor", "ondemand\n");
    put("/sys/devices/system/cpu/cpufreq/policy0/scaling_available_governors", "ondemand powersave performance \n");
  }
  void put_interfaces() const {
    for (const char* name : {"eth0", "eth1"}) {
      put(std::string("/sys/class/net/") + name + "/queues/rx-0/rps_cpus", "0\n");
    }
    for (const char* port : {"1-1.1", "1-1.2"}) {
      put(std::string("/sys/bus/usb/devices/") + port + "/power/control", "auto\n");
    }
  }

  TempFolder folder_;
  FakeSystem system_;
};

}  // namespace kraken::test
