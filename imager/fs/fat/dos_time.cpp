#include "fs/fat/dos_time.h"

#include <algorithm>
#include <chrono>

namespace kraken::fat {

namespace {

using std::chrono::sys_days;
using std::chrono::sys_seconds;
using std::chrono::year_month_day;

constexpr int kFirstYear = 1980;
constexpr int kLastYear = 2107;

sys_seconds start_of_year(int year) {
  return sys_days(year_month_day(std::chrono::year(year), std::chrono::January, std::chrono::day(1)));
}

}  // namespace

DosTime to_dos_time(std::int64_t unix_seconds) {
  const std::int64_t first = start_of_year(kFirstYear).time_since_epoch().count();
  const std::int64_t last = start_of_year(kLastYear + 1).time_since_epoch().count() - 1;
  const sys_seconds when{std::chrono::seconds(std::clamp(unix_seconds, first, last))};
  const auto midnight = std::chrono::floor<std::chrono::days>(when);
  const year_month_day day(midnight);
  const auto in_day = static_cast<unsigned>((when - midnight).count());
  const auto years = static_cast<unsigned>(static_cast<int>(day.year()) - kFirstYear);
  DosTime dos;
  dos.date = static_cast<std::uint16_t>(years << 9 | static_cast<unsigned>(day.month()) << 5 |
                                        static_cast<unsigned>(day.day()));
  dos.time = static_cast<std::uint16_t>(in_day / 3600 << 11 | in_day / 60 % 60 << 5 | in_day % 60 / 2);
  dos.tenths = static_cast<std::uint8_t>(in_day % 2 * 100);
  return dos;
}

std::int64_t from_dos_time(std::uint16_t date, std::uint16_t time) {
  const unsigned bits = date;
  const year_month_day day(std::chrono::year(kFirstYear + static_cast<int>(bits >> 9)),
                           std::chrono::month(bits >> 5 & 15), std::chrono::day(bits & 31));
  if (!day.ok()) return 0;
  const unsigned clock = time;
  const std::int64_t in_day = (clock >> 11) * 3600 + (clock >> 5 & 63) * 60 + (clock & 31) * 2;
  return sys_seconds(sys_days(day)).time_since_epoch().count() + in_day;
}

}  // namespace kraken::fat
