#include "image/derived_ids.h"

#include <gtest/gtest.h>

namespace kraken {
namespace {

TEST(DerivedDiskId, DependsOnEachInputAndOnNothingElse) {
  const auto id = derived_disk_id("kraken", 3, "abc");
  EXPECT_EQ(id, derived_disk_id("kraken", 3, "abc"));
  EXPECT_NE(id, derived_disk_id("krake", 3, "abc"));
  EXPECT_NE(id, derived_disk_id("kraken", 4, "abc"));
  EXPECT_NE(id, derived_disk_id("kraken", 3, "abd"));
  // The inputs' borders count.
  EXPECT_NE(derived_disk_id("kraken1", 1, "abc"), derived_disk_id("kraken", 11, "abc"));
}

}  // namespace
}  // namespace kraken
