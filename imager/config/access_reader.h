// The section `access`: who may log in, with the key files read.
#pragma once

#include <filesystem>

#include "config/check.h"
#include "config/model.h"
#include "config/problems.h"

namespace kraken {

// `folder` is the one that key files are relative to.
AccessConfig access_from(const View& access, const std::filesystem::path& folder, Problems& problems);

}  // namespace kraken
