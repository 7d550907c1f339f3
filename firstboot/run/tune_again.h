// `kraken-firstboot tune`: the settings that the kernel forgets at every boot, and those of an adapter that was plugged
// in. Started by systemd and udev, beside a run of first boot or at the same time: it writes nothing that lasts, so it
// takes no lock.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "run/machine.h"

namespace kraken {

// Answers with a line for each setting that was set. Goes on after a failure, and answers with the first one.
Result<std::string> tune_again(const std::filesystem::path& root, const std::filesystem::path& record, Machine machine);

}  // namespace kraken
