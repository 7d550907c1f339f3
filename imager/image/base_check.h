// The whole check of a base's root file system, which only e2fsck knows how to make: an edit of a damaged file system
// would give a card that is damaged in the same way. Takes seconds, so it is made once for each base and remembered.
#pragma once

#include <atomic>
#include <filesystem>
#include <string>

#include "base/result.h"
#include "decode/base_cache.h"

namespace kraken {

enum class BaseCheck { kClean, kNotChecked };

// Runs `e2fsck -fn` on every ext partition. kNotChecked when the machine has no e2fsck; kBaseImage, with what it said,
// when a file system is damaged or e2fsck cannot tell (it may be too old); kInterrupted when `stop` was set.
// `cache_folder` keeps the memory of it. Images that cannot serve as a base for other reasons pass: the reasons are
// told elsewhere.
Result<BaseCheck> check_base(const CachedBase& base, const std::filesystem::path& cache_folder,
                             const std::atomic<bool>& stop);

}  // namespace kraken
