// Turns CD-ROMs that are network adapters (see nic/mode_switch.h) into network adapters, by ejecting them.
#pragma once

#include <cstddef>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "system/system.h"

namespace kraken {

// `kraken-firstboot eject`, for a udev rule: the one drive ("/dev/sr0"). Tries again for ten seconds while it is in
// use. kInvalidArgument, and nothing is touched, when it is not known to be an adapter; otherwise fails as
// System::eject_cdrom(), but not when somebody else was quicker.
Result<std::string> eject_adapter(const std::filesystem::path& root, std::string_view device, System& system);

// Sentences.
struct Ejected {
  std::vector<std::string> done;
  std::vector<std::string> failed;
};

// All of them, in a run of first boot.
class AdapterEjector {
 public:
  // `system` must outlive it.
  AdapterEjector(std::filesystem::path root, System& system);

  // Ejects those that came up since the last call, each as eject_adapter() does. Answers whether one that was ejected
  // has yet to come back as an interface, which takes some seconds. To be called again and again.
  bool eject();

  const Ejected& ejected() const { return outcome_; }

 private:
  std::filesystem::path root_;
  System& system_;
  std::size_t adapters_before_ = 0;  // the first one was ejected
  Ejected outcome_;
  std::set<std::string> ports_;  // of those that were tried
};

}  // namespace kraken
