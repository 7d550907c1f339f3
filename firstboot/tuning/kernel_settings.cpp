// Settings of the running kernel as a whole that sysctl.d and modules-load.d make last.
#include <algorithm>
#include <span>

#include "base/text.h"
#include "tuning/lasting_files.h"
#include "tuning/wanted.h"

namespace kraken {

namespace {

enum class Compare { kEqual, kAtLeast };

struct Sysctl {
  std::string_view name;
  std::string_view value;
  Compare compare = Compare::kEqual;
};

// For a gigabit link on a node with 1 GB of memory.
constexpr std::array<Sysctl, 4> kReceiveBuffers = {{
    // What a UDP socket may ask for with SO_RCVBUF; the kernel's 208 KiB are under 2 ms of a gigabit (125 MB/s). 6 MiB
    // is what it allows TCP by default. Half of it is the kernel's bookkeeping (tcp(7), tcp_adv_win_scale = 1), and the
    // other half 25 ms: a Pi under load leaves a socket alone for that long. A limit, not taken until it is needed.
    {"net.core.rmem_max", "6291456", Compare::kAtLeast},
    // The kernel's own smallest and first sizes, and the largest of a machine with enough memory: on a small one it
    // computes less from what was free at boot (net/ipv4/tcp.c, tcp_init(): a 128th of it, at most 6 MiB).
    {"net.ipv4.tcp_rmem", "4096 131072 6291456", Compare::kAtLeast},
    // Packets that wait for one core; the kernel's 1000 are 12 ms of full-sized ones at a gigabit (81,000 a second).
    // With RPS all packets pass this queue (Documentation/networking/scaling.rst). 4096 are 50 ms, and at 2.3 kB a
    // packet at most 38 MB on four cores that all stand still.
    {"net.core.netdev_max_backlog", "4096", Compare::kAtLeast},
    // Raspberry Pi OS's own value (98-rpi.conf of raspberrypi-sys-mods): USB network drivers take their receive buffers
    // where they cannot wait, and drop packets when the kernel has no free page at hand.
    {"vm.min_free_kbytes", "16384", Compare::kAtLeast},
}};

constexpr std::array<Sysctl, 1> kIpForward = {{{"net.ipv4.ip_forward", "1"}}};

// Rules of iptables see what crosses a bridge: kubeadm's "Container Runtimes" page asks for both.
constexpr std::array<Sysctl, 2> kBridgeNetfilter = {{
    {"net.bridge.bridge-nf-call-iptables", "1"},
    {"net.bridge.bridge-nf-call-ip6tables", "1"},
}};

// The default discipline comes with going up ("noop" until then), and is the one of each of several queues ("mq").
constexpr std::array<std::string_view, 5> kFairQueueing = {"fq", "mq", "noop", "noqueue", ""};

std::string heading(std::string_view setting) {
  return "# Written by kraken-firstboot (tuning: " + std::string(setting) + ").\n";
}

std::string sysctl_file(std::string_view setting, std::span<const Sysctl> sysctls) {
  std::string text = heading(setting);
  for (const Sysctl& sysctl : sysctls) {
    text += std::string(sysctl.name) + " = " + std::string(sysctl.value) + "\n";
  }
  return text;
}

std::optional<std::uint64_t> last_number(std::string_view text) {
  const auto words = split_words(text);
  return words.empty() ? std::nullopt : parse_u64(words.back());
}

bool is_met(const std::string& now, const Sysctl& sysctl) {
  if (sysctl.compare == Compare::kEqual) return now == sysctl.value;
  const auto have = last_number(now);
  return have && *have >= last_number(sysctl.value);
}

void want_sysctls(Wanted& wanted, const TuningFacts& facts, std::span<const Sysctl> sysctls) {
  for (const Sysctl& sysctl : sysctls) {
    const std::string path = sysctl_path(sysctl.name);
    const std::string* now = facts.value(path);
    if (now == nullptr || !is_met(*now, sysctl)) wanted.want_value(facts, path, std::string(sysctl.value));
  }
}

// Those that this kernel has.
std::vector<Sysctl> known_of(const TuningFacts& facts, std::span<const Sysctl> sysctls) {
  std::vector<Sysctl> known;
  for (const Sysctl& sysctl : sysctls) {
    if (facts.value(sysctl_path(sysctl.name)) != nullptr) known.push_back(sysctl);
  }
  return known;
}

std::string listed(std::span<const Sysctl> sysctls) {
  std::vector<std::string> words;
  for (const Sysctl& sysctl : sysctls) words.push_back(std::string(sysctl.name) + " = " + std::string(sysctl.value));
  return join(words, ", ");
}

bool has_word(const std::string* text, std::string_view word) {
  return text != nullptr && std::ranges::count(split_words(*text), word) != 0;
}

void want_fair_queue(Wanted& wanted, const TuningFacts& facts) {
  for (const TunedNic& nic : facts.nics) {
    if (nic.link == 0 || std::ranges::count(kFairQueueing, nic.queueing) != 0) continue;
    wanted.changes.push_back(
        {Change::Kind::kQueueing, nic.name, "fq", nic.link, nic.name + " queues with " + nic.queueing + ", not fq"});
  }
}

Wanted plain_sysctls(std::string_view setting, std::string_view file, const TuningFacts& facts,
                     std::span<const Sysctl> sysctls) {
  Wanted wanted;
  const auto known = known_of(facts, sysctls);
  if (known.empty()) {
    wanted.unavailable = "this kernel has no " + std::string(sysctls.front().name);
    return wanted;
  }
  wanted.want_own_file(facts, std::string(file), sysctl_file(setting, known));
  want_sysctls(wanted, facts, known);
  wanted.done = listed(known);
  return wanted;
}

}  // namespace

Wanted want_receive_buffers(const TuningFacts& facts, const Request& /*request*/) {
  return plain_sysctls("receive_buffers", kReceiveBuffersSysctl, facts, kReceiveBuffers);
}

Wanted want_ip_forward(const TuningFacts& facts, const Request& /*request*/) {
  return plain_sysctls("ip_forward", kIpForwardSysctl, facts, kIpForward);
}

Wanted want_bridge_netfilter(const TuningFacts& facts, const Request& /*request*/) {
  Wanted wanted;
  const bool running = facts.value(sysctl_path(kBridgeNetfilter.front().name)) != nullptr;
  if (!running && !facts.modules.contains(std::string(kBridgeModule))) {
    wanted.unavailable = "this kernel has no br_netfilter";
    return wanted;
  }
  // Its sysctls exist only once it is loaded; at boot systemd loads modules before it sets sysctls.
  wanted.want_own_file(facts, std::string(kBridgeModules),
                       heading("bridge_netfilter") + std::string(kBridgeModule) + "\n");
  wanted.want_own_file(facts, std::string(kBridgeSysctl), sysctl_file("bridge_netfilter", kBridgeNetfilter));
  if (!running) {
    wanted.changes.push_back(
        {Change::Kind::kLoadModule, std::string(kBridgeModule), "", 0, "br_netfilter is not loaded"});
  }
  want_sysctls(wanted, facts, kBridgeNetfilter);
  wanted.done = listed(kBridgeNetfilter);
  return wanted;
}

// BBR paces its packets; fq does that for it, without a timer for every connection (net/ipv4/tcp_bbr.c). Each helps
// alone: BBR has paced by itself since Linux 4.13. The kernel loads both when their names are written.
Wanted want_fair_queue_bbr(const TuningFacts& facts, const Request& /*request*/) {
  const bool fq = facts.modules.contains(std::string(kFairQueueModule));
  const bool bbr =
      facts.modules.contains(std::string(kBbrModule)) || has_word(facts.value(sysctl_path(kCongestionControls)), "bbr");
  std::vector<Sysctl> sysctls;
  if (fq) sysctls.push_back({kDefaultQueueing, "fq"});
  if (bbr) sysctls.push_back({kCongestionControl, "bbr"});
  Wanted wanted;
  if (sysctls.empty()) {
    wanted.unavailable = "this kernel has neither fq (sch_fq) nor BBR (tcp_bbr)";
    return wanted;
  }
  wanted.want_own_file(facts, std::string(kFairQueueSysctl), sysctl_file("fair_queue_bbr", sysctls));
  want_sysctls(wanted, facts, sysctls);
  if (fq) want_fair_queue(wanted, facts);
  wanted.done = listed(sysctls) + (fq && bbr ? "" : fq ? "; this kernel has no BBR" : "; this kernel has no fq");
  return wanted;
}

}  // namespace kraken
