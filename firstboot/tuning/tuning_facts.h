// What the settings of a profile's `tuning:` look like on this node now: the kernel's values, the network interfaces'
// queues, and the files that make a setting last. Read below a root folder, so that a test can lay out its own. What
// cannot be read is absent; nothing here changes anything.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "net/network.h"
#include "nic/nic.h"

namespace kraken {

// By the link's index: whether Energy-Efficient Ethernet is on. A link whose driver has none to switch is absent.
using EeeStates = std::map<int, bool>;

struct TunedNic {
  std::string name;
  int link = 0;  // its index; 0 when the kernel's list of links does not have it: then the next two are not known
  std::uint32_t tx_queue_length = 0;
  std::string queueing;
  std::vector<std::string> rps_files;  // one a receive queue; their values are among TuningFacts::kernel
  std::string power_file;              // of the USB device; "" when it is on no USB, or has none
  std::optional<bool> eee;
};

struct TuningFacts {
  std::vector<TunedNic> nics;
  std::map<std::string, std::string> kernel;  // values below /proc and /sys by path, one blank between words
  std::map<std::string, std::string> files;   // contents of the files that matter here, by path
  std::set<std::string> modules;              // of those that a setting needs: loaded, built in, or to be had
  std::vector<std::string> swaps;             // devices and files that are swapped to

  const std::string* value(std::string_view kernel_file) const;
  const std::string* content(std::string_view file) const;
};

// `links` are the kernel's, of the same moment as `nics`.
TuningFacts read_tuning(const std::filesystem::path& root, const std::vector<Nic>& nics, const std::vector<Link>& links,
                        const EeeStates& eee);

EeeStates read_eee(const std::vector<Nic>& nics, const Network& network);

// "/proc/sys/net/core/rmem_max" of "net.core.rmem_max".
std::string sysctl_path(std::string_view name);

}  // namespace kraken
