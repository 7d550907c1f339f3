// A time as people and machines both read it, without the C library's locales and time zones.
#pragma once

#include <string>

#include "system/system.h"

namespace kraken {

// "2026-11-22T20:08:00Z" (ISO 8601); years from 1970 to 9999.
std::string format_utc(UnixTime time);

}  // namespace kraken
