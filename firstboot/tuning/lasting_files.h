// Inside tuning/: the files that make settings last, and those of the system that settings look at.
#pragma once

#include <array>
#include <string_view>

namespace kraken {

// One file a setting, so that each can be switched alone. After the distribution's own (50-default.conf of systemd
// sets the queueing discipline), before what an administrator puts into 99-*.conf.
inline constexpr std::string_view kReceiveBuffersSysctl = "/etc/sysctl.d/90-kraken-receive-buffers.conf";
inline constexpr std::string_view kFairQueueSysctl = "/etc/sysctl.d/90-kraken-fair-queue-bbr.conf";
inline constexpr std::string_view kIpForwardSysctl = "/etc/sysctl.d/90-kraken-ip-forward.conf";
inline constexpr std::string_view kBridgeSysctl = "/etc/sysctl.d/90-kraken-bridge-netfilter.conf";
inline constexpr std::string_view kBridgeModules = "/etc/modules-load.d/kraken-bridge-netfilter.conf";

inline constexpr std::string_view kTuneRule = "/etc/udev/rules.d/90-kraken-tune.rules";
inline constexpr std::string_view kTuneUnit = "/etc/systemd/system/kraken-tune@.service";
// A drop-in in the place of the link that `systemctl enable` makes.
inline constexpr std::string_view kTuneAtBoot = "/etc/systemd/system/multi-user.target.d/kraken-tune.conf";
inline constexpr std::string_view kTuneAtBootUnit = "kraken-tune@boot.service";
std::string_view tune_rule();
std::string_view tune_unit();
std::string_view tune_at_boot();

// Who switches swap on, and what says otherwise. An empty unit file in /etc masks the unit (systemd.unit(5)).
inline constexpr std::string_view kFstab = "/etc/fstab";
inline constexpr std::string_view kDphysUnit = "/lib/systemd/system/dphys-swapfile.service";
inline constexpr std::string_view kDphysMask = "/etc/systemd/system/dphys-swapfile.service";
inline constexpr std::string_view kZramToolsUnit = "/lib/systemd/system/zramswap.service";
inline constexpr std::string_view kZramToolsMask = "/etc/systemd/system/zramswap.service";
inline constexpr std::string_view kZramGeneratorUnit = "/lib/systemd/system/systemd-zram-setup@.service";
inline constexpr std::string_view kZramGeneratorConfig = "/etc/systemd/zram-generator.conf.d/90-kraken-swap-off.conf";
inline constexpr std::string_view kRpiSwapGenerator = "/usr/lib/systemd/system-generators/rpi-swap-generator";
inline constexpr std::string_view kRpiSwapConfig = "/etc/rpi/swap.conf.d/90-kraken-swap-off.conf";

// Of the folders that images mount the boot partition at (NodeRecord::boot_folder).
inline constexpr std::array<std::string_view, 2> kCmdlineFiles = {"/boot/firmware/cmdline.txt", "/boot/cmdline.txt"};

inline constexpr std::array kTuningFiles = {kReceiveBuffersSysctl,
                                            kFairQueueSysctl,
                                            kIpForwardSysctl,
                                            kBridgeSysctl,
                                            kBridgeModules,
                                            kTuneRule,
                                            kTuneUnit,
                                            kTuneAtBoot,
                                            kFstab,
                                            kDphysUnit,
                                            kDphysMask,
                                            kZramToolsUnit,
                                            kZramToolsMask,
                                            kZramGeneratorUnit,
                                            kZramGeneratorConfig,
                                            kRpiSwapGenerator,
                                            kRpiSwapConfig,
                                            kCmdlineFiles[0],
                                            kCmdlineFiles[1]};

inline constexpr std::string_view kOnlineCores = "/sys/devices/system/cpu/online";
inline constexpr std::string_view kCgroupControllers = "/sys/fs/cgroup/cgroup.controllers";
inline constexpr std::string_view kKernelCmdline = "/proc/cmdline";
inline constexpr std::string_view kCpufreqFolder = "/sys/devices/system/cpu/cpufreq";
inline constexpr std::string_view kGovernor = "scaling_governor";
inline constexpr std::string_view kGovernors = "scaling_available_governors";
inline constexpr std::string_view kDefaultQueueing = "net.core.default_qdisc";
inline constexpr std::string_view kCongestionControl = "net.ipv4.tcp_congestion_control";
inline constexpr std::string_view kCongestionControls = "net.ipv4.tcp_available_congestion_control";

inline constexpr std::array<std::string_view, 10> kTuningSysctls = {"net.core.rmem_max",
                                                                    "net.core.netdev_max_backlog",
                                                                    "net.ipv4.tcp_rmem",
                                                                    "vm.min_free_kbytes",
                                                                    kDefaultQueueing,
                                                                    kCongestionControl,
                                                                    kCongestionControls,
                                                                    "net.ipv4.ip_forward",
                                                                    "net.bridge.bridge-nf-call-iptables",
                                                                    "net.bridge.bridge-nf-call-ip6tables"};

inline constexpr std::string_view kFairQueueModule = "sch_fq";
inline constexpr std::string_view kBbrModule = "tcp_bbr";
inline constexpr std::string_view kBridgeModule = "br_netfilter";
inline constexpr std::array kTuningModules = {kFairQueueModule, kBbrModule, kBridgeModule};

}  // namespace kraken
