#include "net/mac_address.h"

#include <gtest/gtest.h>

namespace kraken {
namespace {

TEST(MacAddress, IsReadInEitherCaseAndWrittenInLower) {
  const auto mac = parse_mac("B8:27:eb:0A:34:f6");
  ASSERT_TRUE(mac);
  EXPECT_EQ(mac->bytes, (std::array<std::uint8_t, 6>{0xb8, 0x27, 0xeb, 0x0a, 0x34, 0xf6}));
  EXPECT_EQ(format_mac(*mac), "b8:27:eb:0a:34:f6");
}

TEST(MacAddress, IsNothingElse) {
  for (const char* text : {"", "b8:27:eb:12:34", "b8:27:eb:12:34:56:78", "b8-27-eb-12-34-56", "b827eb123456",
                           "b8:27:eb:12:34:5", "b8:27:eb:12:34:567", "b8:27:eb:12:34:5g", " b8:27:eb:12:34:56",
                           "b8:27:eb:12:34:56\n", "00:00:00:00:00:00", "b8::eb:12:34:56", "+8:27:eb:12:34:56"}) {
    EXPECT_FALSE(parse_mac(text)) << text;
  }
}

}  // namespace
}  // namespace kraken
