// The persistent log: journald keeps nothing over a boot on Raspberry Pi OS. Lines go to stderr (and so to the journal
// of this boot) at once, and to /var/log/kraken-firstboot.log when keep() is called: a boot that has nothing to do
// keeps nothing, and so writes nothing.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "system/system.h"

namespace kraken {

inline constexpr std::string_view kLogPath = "/var/log/kraken-firstboot.log";
// Beyond it the older half is dropped.
inline constexpr std::size_t kLogMaxSize = std::size_t{256} * 1024;

class Log {
 public:
  // `system` must outlive the log.
  Log(std::filesystem::path root, System& system) : root_(std::move(root)), system_(system) {}

  // From then on, lines in the file say which boot they are of.
  void set_boot(std::string_view boot_id) { boot_ = boot_id.substr(0, 8); }
  void line(std::string_view text);
  // Appends what was said since the last time. Failing leaves it for the next time.
  Status keep();
  // The same, unless the file ends with just that already, but for times and boots: what the last run found as well.
  Status keep_news();

 private:
  std::string kept() const;
  std::string younger_half() const;

  std::filesystem::path root_;
  System& system_;
  std::string boot_;
  std::string pending_;
};

}  // namespace kraken
