#include "cli/render.h"

#include <gtest/gtest.h>

namespace kraken {
namespace {

TEST(Printable, LeavesNothingThatATerminalWouldActOn) {
  EXPECT_EQ(printable("a\nb"), "a\\nb");
  EXPECT_EQ(printable("\033[2J\x7f"), "\\x1b[2J\\x7f");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            "\\xc2\\x9b31m");
  EXPECT_EQ(printable("caf\xc3\xa9 \\n \xc2"), "caf\xc3\xa9 \\n \xc2");
}

}  // namespace
}  // namespace kraken
