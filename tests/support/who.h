// Which node of sample_record()'s cluster a test plays, once two of its three are managers; and its time.
#pragma once

#include "system/system.h"

namespace kraken::test {

inline constexpr UnixTime kBuilt = 1795000000;
inline constexpr UnixTime kNow = kBuilt + 3600;

enum class Who { kFirst, kSecond, kWorker };

}  // namespace kraken::test
