// What every command stands on: where the shipped files and the cache are, and what time the build has.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>

#include "base/result.h"
#include "cli/options.h"
#include "config/reader.h"
#include "decode/base_cache.h"

namespace kraken {

struct Environment {
  ConfigPaths paths;
  std::filesystem::path cache_folder;
  std::int64_t clock = 0;  // seconds since 1970 UTC
};

// kInvalidArgument for a clock that is none, or when the shipped files are nowhere.
Result<Environment> make_environment(const CommonOptions& options);

// From now on Ctrl-C and SIGTERM set stop_flag(). make_environment() does it.
Status watch_for_interrupt();
// What long work looks at.
const std::atomic<bool>& stop_flag();

// Where a base that is built from packages is kept: its name and a digest of its description.
std::filesystem::path built_base_file(const Environment& environment, const BaseDescription& description);

// Once for each base: e2fsck's opinion of it (image/base_check.h); a machine without e2fsck is warned about.
Status check_file_systems(const CachedBase& base, const Environment& environment);

class EarlyBurns;

// The cluster's base, decoded and verified, from the cache where it is there; `early` may follow it while it is
// decoded, or be null. kBaseImage says how to get one that is not.
Result<CachedBase> obtain_base(const ClusterConfig& cluster, const Environment& environment,
                               EarlyBurns* early = nullptr);

}  // namespace kraken
