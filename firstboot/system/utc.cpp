#include "system/utc.h"

#include <chrono>

namespace kraken {

namespace {

std::string digits(std::int64_t value, std::size_t width) {
  std::string text = std::to_string(value);
  return text.size() < width ? std::string(width - text.size(), '0') + text : text;
}

}  // namespace

std::string format_utc(UnixTime time) {
  const std::chrono::sys_seconds moment{std::chrono::seconds(time)};
  const auto day = std::chrono::floor<std::chrono::days>(moment);
  const std::chrono::year_month_day date(day);
  const std::int64_t second = (moment - day).count();
  return digits(static_cast<int>(date.year()), 4) + "-" + digits(static_cast<unsigned>(date.month()), 2) + "-" +
         digits(static_cast<unsigned>(date.day()), 2) + "T" + digits(second / 3600, 2) + ":" +
         digits(second / 60 % 60, 2) + ":" + digits(second % 60, 2) + "Z";
}

}  // namespace kraken
