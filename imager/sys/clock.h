// Time, to the second, always UTC: nothing here looks at the time zone. Where output must be reproducible the caller
// passes a time along; only a program's outermost layer asks for now().
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace kraken {

using TimePoint = std::chrono::sys_seconds;

TimePoint now();

// Seconds since 1970 in decimal digits (reproducible-builds.org, SOURCE_DATE_EPOCH specification). kInvalidArgument for
// anything else and for a year past 9999.
Result<TimePoint> parse_source_date_epoch(std::string_view text);

// The environment variable's time; nothing when it is not set. kInvalidArgument when it is set to something else.
Result<std::optional<TimePoint>> source_date_epoch();

// "2026-11-22T20:30:05Z" (RFC 3339, section 5.6).
std::string format_utc(TimePoint time);

// What format_utc writes, and nothing else: years 1970 to 9999, no leap second. kInvalidArgument otherwise.
Result<TimePoint> parse_utc(std::string_view text);

// Either of the two.
Result<TimePoint> parse_time(std::string_view text);

}  // namespace kraken
