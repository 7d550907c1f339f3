#include "base/text.h"

#include <gtest/gtest.h>

namespace kraken {
namespace {

TEST(Nearest, FindsATypingError) {
  const std::vector<std::string> keys = {"cluster", "network", "nodes", "access"};
  EXPECT_EQ(nearest("netwrok", keys), "network");
  EXPECT_EQ(nearest("node", keys), "nodes");
  EXPECT_EQ(nearest("wifi", keys), std::nullopt);
}

TEST(Hex, GoesThereAndBack) {
  const auto bytes = from_hex("00fF10");
  ASSERT_TRUE(bytes);
  EXPECT_EQ(to_hex(*bytes), "00ff10");
  EXPECT_FALSE(from_hex("0"));
  EXPECT_FALSE(from_hex("0g"));
}

TEST(ParseU64, TakesDigitsAlone) {
  EXPECT_EQ(parse_u64("18446744073709551615"), UINT64_MAX);
  EXPECT_FALSE(parse_u64("18446744073709551616"));
  EXPECT_FALSE(parse_u64(""));
  EXPECT_FALSE(parse_u64("-1"));
  EXPECT_FALSE(parse_u64("1 "));
}

TEST(IsPlainWord, TakesLettersDigitsAndTheMarksNamed) {
  EXPECT_TRUE(is_plain_word("azAZ09", "", 6));
  EXPECT_TRUE(is_plain_word("1-1.2:1.0", "-.:", 200));
  EXPECT_FALSE(is_plain_word("a-b", ".", 200));
  EXPECT_FALSE(is_plain_word("", "-", 200));
  EXPECT_FALSE(is_plain_word("azAZ09", "", 5));
  for (const char c : std::string_view("/:@[`{ \n\0\xe9", 10)) EXPECT_FALSE(is_plain_word({&c, 1}, "-", 200)) << c;
}

TEST(Split, KeepsEmptyParts) {
  EXPECT_EQ(split("a//b", '/'), (std::vector<std::string>{"a", "", "b"}));
}

TEST(SplitWords, DropsBlanks) {
  EXPECT_EQ(split_words("  a\tb \n"), (std::vector<std::string>{"a", "b"}));
}

}  // namespace
}  // namespace kraken
