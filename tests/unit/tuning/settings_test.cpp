// What each setting does, and when this kernel does not have it.
#include <map>

#include "tuning_tree.h"

namespace kraken {
namespace {

using test::TuningTree;
using State = SettingState::State;
using Lines = std::vector<std::string>;

constexpr std::string_view kCmdline = "/boot/firmware/cmdline.txt";

// Files that several settings share, and the unit that they start.
Lines retuning(Lines more) {
  Lines lines = {"folder /etc/systemd/system",
                 "write /etc/systemd/system/kraken-tune@.service",
                 "folder /etc/systemd/system/multi-user.target.d",
                 "write /etc/systemd/system/multi-user.target.d/kraken-tune.conf",
                 "folder /etc/udev/rules.d",
                 "write /etc/udev/rules.d/90-kraken-tune.rules",
                 "run systemctl --no-block start kraken-tune@boot.service"};
  lines.insert(lines.end(), more.begin(), more.end());
  return lines;
}

TEST(Rps, SpreadsOverAllCoresThatAreOnline) {
  TuningTree tree;
  EXPECT_EQ(tree.changes_of("rps"),
            retuning({"set /sys/class/net/eth0/queues/rx-0/rps_cpus", "set /sys/class/net/eth1/queues/rx-0/rps_cpus"}));
  EXPECT_EQ(tree.get("/sys/class/net/eth1/queues/rx-0/rps_cpus"), "f");
  const std::map<std::string, std::string> masks = {
      {"0-1", "3"}, {"0,2-3", "d"}, {"0-31", "ffffffff"}, {"0-63", "ffffffff"}};
  for (const auto& [cores, mask] : masks) {
    tree.put("/sys/devices/system/cpu/online", cores + "\n");
    ASSERT_TRUE(tree.apply("rps").ok());
    EXPECT_EQ(tree.get("/sys/class/net/eth0/queues/rx-0/rps_cpus"), mask) << cores;
  }
}

TEST(Rps, KnowsItsMaskInTheKernelsWriting) {
  TuningTree tree;
  ASSERT_TRUE(tree.apply("rps").ok());
  tree.put("/sys/class/net/eth1/queues/rx-0/rps_cpus", "00000000,0000000f\n");
  EXPECT_EQ(tree.state("rps"), State::kDone);
  tree.put("/sys/class/net/eth1/queues/rx-0/rps_cpus", "0000000f,00000000\n");
  EXPECT_EQ(tree.state("rps"), State::kNeededThisBoot);
}

TEST(Rps, IsUnavailableWithOneCoreOrWithoutTheKernels) {
  TuningTree tree;
  for (const char* cores : {"0\n", "", "x\n", "3-0\n", "0-1-2\n"}) {
    tree.put("/sys/devices/system/cpu/online", cores);
    EXPECT_EQ(tree.state("rps"), State::kUnavailable) << cores;
  }
  tree.put("/sys/devices/system/cpu/online", "0-3\n");
  ASSERT_TRUE(tree.apply("rps").ok());
  tree.remove("/sys/class/net");
  EXPECT_EQ(tree.state("rps"), State::kUnavailable);
}

TEST(ReceiveBuffers, RaisesWhatIsSmallerAndLeavesWhatIsLarger) {
  TuningTree tree;
  tree.put("/proc/sys/vm/min_free_kbytes", "65536\n");
  EXPECT_EQ(tree.changes_of("receive_buffers"),
            (Lines{"folder /etc/sysctl.d", "write /etc/sysctl.d/90-kraken-receive-buffers.conf",
                   "set /proc/sys/net/core/rmem_max", "set /proc/sys/net/core/netdev_max_backlog"}));
  EXPECT_EQ(tree.get("/proc/sys/net/core/rmem_max"), "6291456");
  const std::string file = tree.get("/etc/sysctl.d/90-kraken-receive-buffers.conf");
  EXPECT_NE(file.find("\nnet.core.rmem_max = 6291456\n"), std::string::npos) << file;
  EXPECT_NE(file.find("\nvm.min_free_kbytes = 16384\n"), std::string::npos) << file;
  // Its last number is the limit.
  tree.put("/proc/sys/net/ipv4/tcp_rmem", "4096\t131072\t3145728\n");
  EXPECT_EQ(tree.changes_of("receive_buffers"), Lines{"set /proc/sys/net/ipv4/tcp_rmem"});
}

TEST(ReceiveBuffers, SetsThoseThatTheKernelHas) {
  TuningTree tree;
  tree.remove("/proc/sys/net/core");  // as in a network namespace
  ASSERT_TRUE(tree.apply("receive_buffers").ok());
  EXPECT_EQ(tree.get("/etc/sysctl.d/90-kraken-receive-buffers.conf").find("rmem_max"), std::string::npos);
  EXPECT_EQ(tree.state("receive_buffers"), State::kDone);
  tree.remove("/proc/sys");
  EXPECT_EQ(tree.state("receive_buffers"), State::kUnavailable);
}

TEST(FairQueueBbr, IsLoadedByItsNamesAndReplacesTheQueues) {
  TuningTree tree;
  EXPECT_EQ(tree.changes_of("fair_queue_bbr"),
            (Lines{"folder /etc/sysctl.d", "write /etc/sysctl.d/90-kraken-fair-queue-bbr.conf",
                   "set /proc/sys/net/core/default_qdisc", "set /proc/sys/net/ipv4/tcp_congestion_control",
                   "queueing eth0 fq", "queueing eth1 fq"}));
  EXPECT_EQ(tree.get("/proc/sys/net/ipv4/tcp_congestion_control"), "bbr");
  // A link that is not up yet takes the default, and several hardware queues have one each.
  for (const char* queueing : {"noop", "mq", "noqueue", ""}) {
    tree.network.network.links[0].queueing = queueing;
    EXPECT_EQ(tree.state("fair_queue_bbr"), State::kDone) << queueing;
  }
  tree.network.network.links[0].queueing = "pfifo_fast";
  EXPECT_EQ(tree.state("fair_queue_bbr"), State::kNeededThisBoot);
}

TEST(FairQueueBbr, MakesDoWithOneOfTheTwo) {
  const std::string modules = "/lib/modules/6.6.51+rpt-rpi-v8/modules.dep";
  TuningTree tree;
  tree.put(modules, "kernel/net/sched/sch_fq_codel.ko:\nkernel/net/ipv4/tcp_bbr.ko:\n");
  EXPECT_EQ(tree.changes_of("fair_queue_bbr"),
            (Lines{"folder /etc/sysctl.d", "write /etc/sysctl.d/90-kraken-fair-queue-bbr.conf",
                   "set /proc/sys/net/ipv4/tcp_congestion_control"}));
  EXPECT_EQ(tree.check("fair_queue_bbr").reason, "net.ipv4.tcp_congestion_control = bbr; this kernel has no fq");
  tree.put(modules, "");
  EXPECT_EQ(tree.state("fair_queue_bbr"), State::kUnavailable);
  tree.put("/lib/modules/6.6.51+rpt-rpi-v8/modules.builtin", "kernel/net/sched/sch_fq.ko\n");
  EXPECT_EQ(tree.state("fair_queue_bbr"), State::kNeeded);
  tree.put("/lib/modules/6.6.51+rpt-rpi-v8/modules.builtin", "");
  tree.put("/proc/sys/net/ipv4/tcp_available_congestion_control", "reno cubic bbr\n");
  EXPECT_EQ(tree.state("fair_queue_bbr"), State::kDone);  // the same file as with a module to load
}

TEST(TxQueueLength, IsSetOnEveryInterface) {
  TuningTree tree;
  EXPECT_EQ(tree.changes_of("tx_queue_length"), retuning({"txqueuelen eth0 2000", "txqueuelen eth1 2000"}));
  tree.record.tuning["tx_queue_length"] = std::int64_t{500};
  EXPECT_EQ(tree.changes_of("tx_queue_length"), (Lines{"txqueuelen eth0 500", "txqueuelen eth1 500"}));
  tree.network.network.links.pop_back();  // went away since
  tree.network.network.links[0].tx_queue_length = 1;
  EXPECT_EQ(tree.changes_of("tx_queue_length"), Lines{"txqueuelen eth0 500"});
}

TEST(UsbAutosuspend, IsSwitchedOffForAdaptersOnUsb) {
  TuningTree tree;
  tree.nics[0].usb_port.clear();
  EXPECT_EQ(tree.changes_of("usb_autosuspend_off"), retuning({"set /sys/bus/usb/devices/1-1.2/power/control"}));
  EXPECT_EQ(tree.get("/sys/bus/usb/devices/1-1.2/power/control"), "on");
  EXPECT_EQ(tree.check("usb_autosuspend_off").reason, "USB never suspends: eth1");
  tree.nics.clear();
  EXPECT_EQ(tree.check("usb_autosuspend_off").reason, "there is no interface for it now");
}

TEST(Eee, IsSwitchedOffWhereTheDriverCan) {
  TuningTree tree;
  EXPECT_EQ(tree.changes_of("eee_off"), retuning({"eee eth1 off"}));
  EXPECT_EQ(tree.check("eee_off").reason, "Energy-Efficient Ethernet is off: eth1");
  tree.network.eee.clear();
  EXPECT_EQ(tree.state("eee_off"), State::kUnavailable);
}

TEST(Governor, IsPerformanceOnEveryPolicyThatOffersIt) {
  TuningTree tree;
  tree.put("/sys/devices/system/cpu/cpufreq/policy4/scaling_governor", "performance\n");
  tree.put("/sys/devices/system/cpu/cpufreq/policy4/scaling_available_governors", "performance schedutil\n");
  EXPECT_EQ(tree.changes_of("cpu_governor_performance").front(),
            "set /sys/devices/system/cpu/cpufreq/policy0/scaling_governor");
  EXPECT_EQ(tree.state("cpu_governor_performance"), State::kDone);
  // One that cannot is enough, wherever it is.
  tree.put("/sys/devices/system/cpu/cpufreq/policy0/scaling_available_governors", "performance_plus schedutil\n");
  EXPECT_EQ(tree.check("cpu_governor_performance").reason, "this kernel has no governor \"performance\"");
  tree.remove("/sys/devices/system/cpu/cpufreq");
  EXPECT_EQ(tree.state("cpu_governor_performance"), State::kUnavailable);
}

TEST(IpForward, LastsThroughAFileOfItsOwn) {
  TuningTree tree;
  ASSERT_TRUE(tree.apply("ip_forward").ok());
  EXPECT_EQ(tree.get("/proc/sys/net/ipv4/ip_forward"), "1");
  EXPECT_EQ(tree.get("/etc/sysctl.d/90-kraken-ip-forward.conf"),
            "# Written by kraken-firstboot (tuning: ip_forward).\nnet.ipv4.ip_forward = 1\n");
  tree.put("/proc/sys/net/ipv4/ip_forward", "2\n");
  EXPECT_EQ(tree.state("ip_forward"), State::kNeededThisBoot);
}

TEST(BridgeNetfilter, LoadsItsModuleBeforeItsValues) {
  TuningTree tree;
  EXPECT_EQ(
      tree.changes_of("bridge_netfilter"),
      (Lines{"folder /etc/modules-load.d", "write /etc/modules-load.d/kraken-bridge-netfilter.conf",
             "folder /etc/sysctl.d", "write /etc/sysctl.d/90-kraken-bridge-netfilter.conf", "run modprobe br_netfilter",
             "set /proc/sys/net/bridge/bridge-nf-call-iptables", "set /proc/sys/net/bridge/bridge-nf-call-ip6tables"}));
  EXPECT_EQ(tree.get("/proc/sys/net/bridge/bridge-nf-call-iptables"), "1");
  tree.put("/proc/sys/net/bridge/bridge-nf-call-iptables", "0\n");
  EXPECT_EQ(tree.changes_of("bridge_netfilter"), Lines{"set /proc/sys/net/bridge/bridge-nf-call-iptables"});
}

TEST(BridgeNetfilter, IsUnavailableWithoutTheModule) {
  TuningTree tree;
  tree.put("/lib/modules/6.6.51+rpt-rpi-v8/modules.dep", "kernel/net/bridge/bridge.ko.xz:\n");
  EXPECT_EQ(tree.state("bridge_netfilter"), State::kUnavailable);
  // Built in without being listed: its values are there.
  tree.put("/proc/sys/net/bridge/bridge-nf-call-iptables", "1\n");
  EXPECT_EQ(tree.state("bridge_netfilter"), State::kNeeded);
}

TEST(MemoryCgroup, AsksForItInCmdlineOnceAndForAReboot) {
  TuningTree tree;
  EXPECT_EQ(tree.changes_of("memory_cgroup"), Lines{"write /boot/firmware/cmdline.txt"});
  EXPECT_EQ(tree.get(kCmdline), "console=tty1 root=PARTUUID=1-02 rootwait cgroup_enable=memory cgroup_memory=1\n");
  EXPECT_EQ(tree.state("memory_cgroup"), State::kNeedsReboot);
  tree.put("/proc/cmdline", "cgroup_disable=memory console=tty1 cgroup_enable=memory cgroup_memory=1\n");
  EXPECT_EQ(tree.state("memory_cgroup"), State::kUnavailable);
  tree.put("/sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory pids\n");
  EXPECT_EQ(tree.state("memory_cgroup"), State::kDone);
}

TEST(MemoryCgroup, EditsTheLineAsTheFirmwareReadsIt) {
  const std::string both = " cgroup_enable=memory cgroup_memory=1";
  const std::map<std::string, std::string> edits = {
      {"a b", "a b" + both},
      {"a b \r\n", "a b" + both + " \r\n"},
      {"a -- x\n", "a" + both + " -- x\n"},
      {"a cgroup_memory=1\nsecond line\n", "a cgroup_memory=1 cgroup_enable=memory\nsecond line\n"},
      {"a cgroup_enable=memory2\n", "a cgroup_enable=memory2" + both + "\n"},
  };
  for (const auto& [before, after] : edits) {
    TuningTree tree;
    tree.put(kCmdline, before);
    ASSERT_TRUE(tree.apply("memory_cgroup").ok());
    EXPECT_EQ(tree.get(kCmdline), after);
  }
}

TEST(MemoryCgroup, LeavesACmdlineAloneThatItCannotEdit) {
  TuningTree tree;
  for (const std::string& text : {std::string("\n"), std::string(), std::string(1020, 'x') + "\n"}) {
    tree.put(kCmdline, text);
    EXPECT_EQ(tree.state("memory_cgroup"), State::kUnavailable) << text;
    EXPECT_TRUE(tree.changes_of("memory_cgroup").empty());
  }
  tree.remove(kCmdline);
  EXPECT_EQ(tree.state("memory_cgroup"), State::kUnavailable);
  tree.put("/boot/cmdline.txt", "a\n");  // not where the record says that the partition is
  EXPECT_EQ(tree.state("memory_cgroup"), State::kUnavailable);
}

TEST(SwapOff, StopsItNowAndAtEveryBoot) {
  TuningTree tree;
  EXPECT_EQ(tree.changes_of("swap_off").back(), "swap off /var/swap");
  EXPECT_TRUE(tree.has("/etc/systemd/system/dphys-swapfile.service"));
  EXPECT_EQ(tree.get("/etc/systemd/system/dphys-swapfile.service"), "");  // masked
  EXPECT_EQ(tree.get("/etc/fstab"),
            "proc /proc proc defaults 0 0\n# off by kraken-firstboot (swap_off): /dev/mmcblk0p3 none swap sw 0 0\n"
            "#/dev/sda1 none swap sw 0 0\n");
  EXPECT_FALSE(tree.has("/etc/rpi"));
  tree.put("/proc/swaps", "Filename\tType\n/dev/zram0 partition 1 0 5\n/my\\040swap file 1 0 5\n");
  EXPECT_EQ(tree.changes_of("swap_off"), (Lines{"swap off /dev/zram0", "swap off /my swap"}));
}

TEST(SwapOff, KnowsWhoSwitchesItOn) {
  TuningTree tree;
  tree.remove("/etc/fstab");
  tree.remove("/lib/systemd/system/dphys-swapfile.service");
  tree.put("/usr/lib/systemd/system-generators/rpi-swap-generator", "#!/bin/sh\n");
  tree.put("/lib/systemd/system/zramswap.service", "[Unit]\n");
  tree.put("/lib/systemd/system/systemd-zram-setup@.service", "[Unit]\n");
  ASSERT_TRUE(tree.apply("swap_off").ok());
  EXPECT_FALSE(tree.has("/etc/systemd/system/dphys-swapfile.service"));
  EXPECT_FALSE(tree.has("/etc/fstab"));
  EXPECT_TRUE(tree.get("/etc/rpi/swap.conf.d/90-kraken-swap-off.conf").ends_with("\n[Main]\nMechanism=none\n"));
  EXPECT_TRUE(tree.has("/etc/systemd/system/zramswap.service"));
  EXPECT_TRUE(tree.get("/etc/systemd/zram-generator.conf.d/90-kraken-swap-off.conf").ends_with("zram-size = 0\n"));
  EXPECT_EQ(tree.state("swap_off"), State::kDone);
}

}  // namespace
}  // namespace kraken
