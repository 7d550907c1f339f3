#include "sys/clock.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

namespace kraken {
namespace {

TEST(Clock, FormatsAndParsesInUtcWhateverTheTimeZone) {
  ASSERT_EQ(::setenv("TZ", "Asia/Kathmandu", 1), 0);
  ::tzset();
  const TimePoint time{std::chrono::seconds{1700000000}};
  EXPECT_EQ(format_utc(time), "2023-11-14T22:13:20Z");  // date -u -d @1700000000
  EXPECT_EQ(*parse_utc("2023-11-14T22:13:20Z"), time);
  ::unsetenv("TZ");
  ::tzset();
}

TEST(Clock, GoesThereAndBackOverLeapDaysAndCenturies) {
  for (const std::int64_t seconds : {0LL, 951782399LL, 951782400LL, 4102444799LL, 253402300799LL}) {
    const TimePoint time{std::chrono::seconds{seconds}};
    EXPECT_EQ(*parse_utc(format_utc(time)), time) << seconds;
  }
  EXPECT_EQ(format_utc(TimePoint{std::chrono::seconds{951782400}}), "2000-02-29T00:00:00Z");
}

TEST(Clock, RefusesOtherSpellings) {
  for (const char* text :
       {"", "2023-11-14", "2023-11-14T22:13:20", "2023-11-14T22:13:20z", "2023-11-14 22:13:20Z", "2023-02-29T00:00:00Z",
        "2023-13-01T00:00:00Z", "2023-00-01T00:00:00Z", "2023-01-01T24:00:00Z", "2023-01-01T00:60:00Z",
        "2023-01-01T00:00:60Z", "1969-12-31T23:59:59Z", "2023-11-14T22:13:20Z ", "+023-11-14T22:13:20Z"}) {
    EXPECT_EQ(parse_utc(text).error().code(), ErrorCode::kInvalidArgument) << text;
  }
}

TEST(Clock, SaysOfATimeThatItCannotHaveThatItIsOutOfRange) {
  for (const char* text :
       {"1960-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "253402300800", "99999999999999", "99999999999999999999999"}) {
    EXPECT_NE(parse_time(text).error().what().find("out of range"), std::string::npos) << text;
  }
  EXPECT_NE(parse_time("yesterday").error().what().find("is no time"), std::string::npos);
  EXPECT_EQ(*parse_time("1700000000"), *parse_time("2023-11-14T22:13:20Z"));
}

TEST(Clock, TakesTheEpochFromTheEnvironment) {
  ::unsetenv("SOURCE_DATE_EPOCH");
  EXPECT_FALSE(source_date_epoch()->has_value());
  ::setenv("SOURCE_DATE_EPOCH", "1700000000", 1);
  EXPECT_EQ(format_utc(**source_date_epoch()), "2023-11-14T22:13:20Z");
  ::setenv("SOURCE_DATE_EPOCH", "yesterday", 1);
  EXPECT_NE(source_date_epoch().error().what().find("SOURCE_DATE_EPOCH"), std::string::npos);
  ::unsetenv("SOURCE_DATE_EPOCH");
}

TEST(Clock, RefusesAnEpochThatIsNoTime) {
  for (const char* text : {"", "-1", " 1", "1.5", "0x10", "253402300800", "99999999999999999999"}) {
    EXPECT_FALSE(parse_source_date_epoch(text).ok()) << text;
  }
  EXPECT_TRUE(parse_source_date_epoch("253402300799").ok());
}

}  // namespace
}  // namespace kraken
