#include "join/rate_limit.h"

#include <gtest/gtest.h>

namespace kraken {
namespace {

using std::chrono::seconds;

constexpr Ipv4 kOne{0x0a000001};
constexpr Ipv4 kOther{0x0a000002};

int admitted(RateLimit& limit, Ipv4 from, RateLimit::Time now, int times) {
  int count = 0;
  for (int i = 0; i < times; ++i) count += limit.admit(from, now) ? 1 : 0;
  return count;
}

TEST(RateLimit, OneAddressHasItsShareAndGetsItBackWithTime) {
  const RateLimit::Time start{};
  RateLimit limit({3, 0.5}, {100, 100}, start);
  EXPECT_EQ(admitted(limit, kOne, start, 10), 3);
  EXPECT_EQ(admitted(limit, kOther, start, 10), 3);
  EXPECT_EQ(admitted(limit, kOne, start + seconds(2), 10), 1);
  EXPECT_EQ(admitted(limit, kOne, start + seconds(1000), 10), 3);
}

TEST(RateLimit, AllTogetherHaveTheirs) {
  const RateLimit::Time start{};
  RateLimit limit({3, 1}, {5, 1}, start);
  int count = 0;
  for (std::uint32_t i = 0; i < 10; ++i) count += admitted(limit, Ipv4{i + 1}, start, 1);
  EXPECT_EQ(count, 5);
  EXPECT_EQ(admitted(limit, kOne, start + seconds(1), 3), 1);
}

TEST(RateLimit, WhoIsRefusedTakesNothingFromTheOthers) {
  const RateLimit::Time start{};
  RateLimit limit({1, 0.001}, {5, 0.001}, start);
  EXPECT_EQ(admitted(limit, kOne, start, 1000), 1);
  EXPECT_TRUE(limit.admit(kOther, start));
}

TEST(RateLimit, RemembersNoMoreThanItCanHoweverManyCome) {
  const RateLimit::Time start{};
  RateLimit limit({2, 1}, {1e9, 1e9}, start);
  for (std::uint32_t i = 0; i < 10'000; ++i) limit.admit(Ipv4{i}, start);
  EXPECT_LE(limit.remembered(), 4096U);
  EXPECT_FALSE(limit.admit(Ipv4{20'000}, start)) << "nobody can be forgotten yet";
  EXPECT_TRUE(limit.admit(Ipv4{20'000}, start + seconds(10))) << "all are full again, and forgotten";
}

}  // namespace
}  // namespace kraken
