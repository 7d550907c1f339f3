#include "contract/host_label.h"

#include <gtest/gtest.h>

#include <regex>
#include <string>

namespace kraken {
namespace {

const std::regex& pattern() {
  static const std::regex compiled(kHostLabelPattern);
  return compiled;
}

TEST(HostLabel, IsWhatTheStandardsAllowInLowerCase) {
  for (const std::string& name : {std::string("a"), std::string("7"), std::string("kraken-3"), std::string("a--b"),
                                  std::string("3com"), std::string(63, 'x')}) {
    EXPECT_TRUE(is_host_label(name)) << name;
  }
  for (const std::string& name :
       {std::string(), std::string("-"), std::string("-a"), std::string("a-"), std::string("A"), std::string("a.b"),
        std::string("a_b"), std::string("a b"), std::string("a\n"), std::string("a\0", 2), std::string(64, 'x')}) {
    EXPECT_FALSE(is_host_label(name)) << name;
  }
}

// Whatever the schema lets through, the record must take, and the other way round.
TEST(HostLabel, IsTheSameAsAPattern) {
  for (int a = 0; a < 256; ++a) {
    const std::string c(1, static_cast<char>(a));
    for (const std::string& name : {c, c + "x", "x" + c, "x" + c + "x"}) {
      EXPECT_EQ(std::regex_match(name, pattern()), is_host_label(name)) << a;
    }
  }
  for (std::size_t length = 0; length < 70; ++length) {
    const std::string name(length, 'x');
    EXPECT_EQ(std::regex_match(name, pattern()), is_host_label(name)) << length;
  }
}

}  // namespace
}  // namespace kraken
