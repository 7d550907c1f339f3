#include "sys/clock.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

#include "base/text.h"

namespace kraken {

namespace {

constexpr TimePoint kFirstPastYear9999{std::chrono::sys_days{std::chrono::year{10000} / 1 / 1}};

// The number that the digits at [begin, begin + length) spell; the caller has checked that they are digits.
int number_at(std::string_view text, std::size_t begin, std::size_t length) {
  int value = 0;
  for (const char c : text.substr(begin, length)) value = value * 10 + (c - '0');
  return value;
}

bool has_shape(std::string_view text) {
  static constexpr std::string_view kShape = "0000-00-00T00:00:00Z";
  return std::ranges::equal(text, kShape, [](char given, char wanted) {
    return wanted == '0' ? given >= '0' && given <= '9' : given == wanted;
  });
}

bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

Error out_of_range(std::string_view text) {
  return {ErrorCode::kInvalidArgument,
          "'" + std::string(text) + "' is out of range: the years from 1970 to 9999 are possible"};
}

}  // namespace

TimePoint now() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

Result<TimePoint> parse_source_date_epoch(std::string_view text) {
  if (!is_number(text)) {
    return Error(ErrorCode::kInvalidArgument,
                 "'" + std::string(text) + "' is no time: seconds since 1970 in decimal digits are expected");
  }
  const auto seconds = parse_u64(text);
  const auto limit = static_cast<std::uint64_t>(kFirstPastYear9999.time_since_epoch().count());
  if (!seconds || *seconds >= limit) return out_of_range(text);
  return TimePoint{std::chrono::seconds{static_cast<std::int64_t>(*seconds)}};
}

Result<std::optional<TimePoint>> source_date_epoch() {
  const char* value =
      std::getenv("SOURCE_DATE_EPOCH");  // NOLINT(concurrency-mt-unsafe): nobody changes the environment
  if (value == nullptr) return std::optional<TimePoint>{};
  KRAKEN_ASSIGN(const TimePoint time, parse_source_date_epoch(value).with_context("SOURCE_DATE_EPOCH"));
  return std::optional<TimePoint>{time};
}

std::string format_utc(TimePoint time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text.data();
}

Result<TimePoint> parse_time(std::string_view text) {
  return is_number(text) ? parse_source_date_epoch(text) : parse_utc(text);
}

Result<TimePoint> parse_utc(std::string_view text) {
  const Error error(ErrorCode::kInvalidArgument,
                    "'" + std::string(text) + "' is no time: one such as 2026-11-22T20:30:05Z is expected");
  if (!has_shape(text)) return error;
  const std::chrono::year_month_day date{std::chrono::year{number_at(text, 0, 4)},
                                         std::chrono::month{static_cast<unsigned>(number_at(text, 5, 2))},
                                         std::chrono::day{static_cast<unsigned>(number_at(text, 8, 2))}};
  const int hour = number_at(text, 11, 2);
  const int minute = number_at(text, 14, 2);
  const int second = number_at(text, 17, 2);
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) return error;
  if (date.year() < std::chrono::year{1970}) return out_of_range(text);
  return TimePoint{std::chrono::sys_days{date} + std::chrono::hours{hour} + std::chrono::minutes{minute} +
                   std::chrono::seconds{second}};
}

}  // namespace kraken
