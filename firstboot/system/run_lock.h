// One run at a time: the service, and a person who starts the program by hand, do not meet. Held until destroyed; the
// kernel lets go of it when the process ends, however it ends.
#pragma once

#include <filesystem>

#include "base/result.h"
#include "base/unique_fd.h"

namespace kraken {

class RunLock {
 public:
  // In run/ below the root folder, which does not outlive a boot. kAlreadyExists when another run holds it.
  static Result<RunLock> take(const std::filesystem::path& root);

 private:
  explicit RunLock(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

}  // namespace kraken
