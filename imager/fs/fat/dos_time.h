// Dates and times as directory entries have them: two seconds fine, no time zone; here always UTC, so that the same
// clock gives the same bytes everywhere. fatgen103, "Date and Time Formats".
#pragma once

#include <cstdint>

namespace kraken::fat {

struct DosTime {
  std::uint16_t date = 0;
  std::uint16_t time = 0;
  std::uint8_t tenths = 0;  // hundredths of a second, 0 to 199, for the creation time alone
};

// Clamped to what the format can say: 1980-01-01 00:00:00 to 2107-12-31 23:59:59.
DosTime to_dos_time(std::int64_t unix_seconds);
// 0 when the date is none (month 0, 31 February: many programs leave the fields empty).
std::int64_t from_dos_time(std::uint16_t date, std::uint16_t time);

}  // namespace kraken::fat
