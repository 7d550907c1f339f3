#include <gtest/gtest.h>

#include "config/pattern.h"
#include "contract/host_label.h"

namespace kraken {
namespace {

// Whatever the schema lets through, the record must take, and the other way round.
TEST(HostLabelPattern, LetsThroughWhatTheRecordTakes) {
  const Pattern pattern{std::string(kHostLabelPattern)};
  for (int a = 0; a < 256; ++a) {
    const std::string c(1, static_cast<char>(a));
    for (const std::string& name : {c, c + "x", "x" + c, "x" + c + "x"}) {
      EXPECT_EQ(pattern.matches(name), is_host_label(name)) << a;
    }
  }
  for (std::size_t length = 0; length < 70; ++length) {
    const std::string name(length, 'x');
    EXPECT_EQ(pattern.matches(name), is_host_label(name)) << length;
  }
}

}  // namespace
}  // namespace kraken
