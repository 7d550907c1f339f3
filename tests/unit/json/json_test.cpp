#include "json/json.h"

#include <gtest/gtest.h>

namespace kraken {
namespace {

TEST(Json, KeepsTheOrderOfKeys) {
  const auto value = parse_json(R"({"z": 1, "a": [true, null, "x"], "m": -2.5})");
  ASSERT_TRUE(value.ok());
  EXPECT_EQ(format_json_line(*value), R"({"z":1,"a":[true,null,"x"],"m":-2.5})");
}

TEST(Json, RefusesWhatIsHostile) {
  EXPECT_FALSE(parse_json(R"({"a": 1, "a": 2})").ok());
  EXPECT_FALSE(parse_json(std::string(100, '[') + std::string(100, ']')).ok());
  EXPECT_FALSE(parse_json("{} {}").ok());
  EXPECT_FALSE(parse_json("\"\xff\"").ok());
  EXPECT_FALSE(parse_json("").ok());
  EXPECT_FALSE(parse_json("18446744073709551615").ok());
  EXPECT_EQ(parse_json("[1]", {.max_size = 2}).error().code(), ErrorCode::kCorrupt);
}

TEST(Json, SaysWhereItWentWrong) {
  const auto value = parse_json("{\n  \"a\": nope\n}");
  ASSERT_FALSE(value.ok());
  EXPECT_NE(value.error().what().find("line 2"), std::string::npos) << value.error().what();
}

}  // namespace
}  // namespace kraken
