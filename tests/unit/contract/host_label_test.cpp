#include "contract/host_label.h"

#include <gtest/gtest.h>

#include <string>

namespace kraken {
namespace {

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

}  // namespace
}  // namespace kraken
