// Settings of the network interfaces, which the kernel forgets when the node boots or the adapter is plugged in again.
#include <algorithm>

#include "base/text.h"
#include "tuning/lasting_files.h"
#include "tuning/wanted.h"

namespace kraken {

namespace {

// A mask of rps_cpus has groups of 32 cores; a Pi has 4.
constexpr std::uint64_t kMostCores = 32;

constexpr std::string_view kHexDigits = "0123456789abcdef";

// "0-2,5"; 0 when it cannot be understood.
std::uint32_t core_mask(std::string_view list) {
  std::uint32_t mask = 0;
  for (const std::string& range : split(list, ',')) {
    const auto ends = split(range, '-');
    const auto first = parse_u64(ends.front());
    const auto last = parse_u64(ends.back());
    if (ends.size() > 2 || !first || !last || *last < *first) return 0;
    for (std::uint64_t core = *first; core <= *last && core < kMostCores; ++core) mask |= std::uint32_t{1} << core;
  }
  return mask;
}

std::string hex(std::uint32_t number) {
  std::string text;
  for (; number != 0; number >>= 4U) text.insert(text.begin(), kHexDigits[number & 0xfU]);
  return text.empty() ? "0" : text;
}

// "00000000,0000000f" and "f" are the same mask.
std::string plain_mask(std::string text) {
  std::erase(text, ',');
  text.erase(0, std::min(text.find_first_not_of('0'), text.size()));
  return text.empty() ? "0" : text;
}

// "WHAT: eth0, eth1"; an adapter may be plugged in later.
std::string done_for(const std::vector<std::string>& names, std::string what) {
  return names.empty() ? "there is no interface for it now" : std::move(what) + ": " + join(names, ", ");
}

}  // namespace

// The interrupt of the USB controller stays on one core of a Pi 2 or 3; the protocols' work need not
// (Documentation/networking/scaling.rst, "RPS").
Wanted want_rps(const TuningFacts& facts, const Request& /*request*/) {
  Wanted wanted;
  const std::string* online = facts.value(kOnlineCores);
  const std::uint32_t mask = online == nullptr ? 0 : core_mask(*online);
  if ((mask & (mask - 1)) == 0) {
    wanted.unavailable = mask == 0 ? "the kernel does not tell its cores" : "there is one core: nothing to spread over";
    return wanted;
  }
  wanted.want_retuning(facts);
  std::vector<std::string> names;
  for (const TunedNic& nic : facts.nics) {
    if (!nic.rps_files.empty()) names.push_back(nic.name);
    for (const std::string& file : nic.rps_files) {
      const std::string* now = facts.value(file);
      if (now == nullptr || plain_mask(*now) != hex(mask)) wanted.want_value(facts, file, hex(mask));
    }
  }
  if (names.empty() && !facts.nics.empty()) wanted.unavailable = "this kernel has no RPS";
  wanted.done = done_for(names, "packets are spread over the cores " + *online);
  return wanted;
}

Wanted want_tx_queue_length(const TuningFacts& facts, const Request& request) {
  Wanted wanted;
  wanted.want_retuning(facts);
  const std::string length = std::to_string(request.number);
  std::vector<std::string> names;
  for (const TunedNic& nic : facts.nics) {
    if (nic.link == 0) continue;
    names.push_back(nic.name);
    if (nic.tx_queue_length == request.number) continue;
    wanted.changes.push_back({Change::Kind::kQueueLength, nic.name, length, nic.link,
                              "the transmit queue of " + nic.name + " holds " + std::to_string(nic.tx_queue_length) +
                                  " packets, not " + length});
  }
  wanted.done = done_for(names, "transmit queues hold " + length + " packets");
  return wanted;
}

Wanted want_usb_autosuspend_off(const TuningFacts& facts, const Request& /*request*/) {
  Wanted wanted;
  wanted.want_retuning(facts);
  std::vector<std::string> names;
  for (const TunedNic& nic : facts.nics) {
    if (nic.power_file.empty()) continue;
    names.push_back(nic.name);
    // "on" is: never suspended (Documentation/driver-api/usb/power-management.rst).
    wanted.want_value(facts, nic.power_file, "on");
  }
  wanted.done = done_for(names, "USB never suspends");
  return wanted;
}

Wanted want_eee_off(const TuningFacts& facts, const Request& /*request*/) {
  Wanted wanted;
  wanted.want_retuning(facts);
  std::vector<std::string> names;
  for (const TunedNic& nic : facts.nics) {
    if (!nic.eee) continue;
    names.push_back(nic.name);
    if (!*nic.eee) continue;
    wanted.changes.push_back(
        {Change::Kind::kEeeOff, nic.name, "", nic.link, "Energy-Efficient Ethernet is on at " + nic.name});
  }
  if (names.empty() && !facts.nics.empty()) wanted.unavailable = "no driver here can switch Energy-Efficient Ethernet";
  wanted.done = done_for(names, "Energy-Efficient Ethernet is off");
  return wanted;
}

}  // namespace kraken
