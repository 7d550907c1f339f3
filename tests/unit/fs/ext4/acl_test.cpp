#include "fs/ext4/acl.h"

#include <gtest/gtest.h>

namespace kraken::ext4 {
namespace {

const std::string kUser("\2\0\0\0\1\0\6\0\377\377\377\377\2\0\4\0\350\3\0\0\40\0\0\0\377\377\377\377", 28);
const std::string kDisk("\1\0\0\0\1\0\6\0\2\0\4\0\350\3\0\0\40\0\0\0", 20);

TEST(Acl, ConvertsBothWays) {
  EXPECT_EQ(acl_to_disk(kUser), kDisk);
  EXPECT_EQ(acl_from_disk(kDisk), kUser);
}

TEST(Acl, RefusesWhatIsNone) {
  EXPECT_EQ(acl_to_disk(kDisk), std::nullopt);
  EXPECT_EQ(acl_from_disk(kUser), std::nullopt);
  EXPECT_EQ(acl_from_disk(""), std::nullopt);
  EXPECT_EQ(acl_from_disk(std::string("\1\0\0\0\3\0\6\0", 8)), std::nullopt);  // no such tag
  for (std::size_t cut = 5; cut < kDisk.size(); ++cut) {
    const bool whole = cut == 8 || cut == 16;
    EXPECT_EQ(acl_from_disk(kDisk.substr(0, cut)).has_value(), whole) << cut;
  }
  for (std::size_t cut = 5; cut < kUser.size(); ++cut) {
    EXPECT_EQ(acl_to_disk(kUser.substr(0, cut)).has_value(), cut % 8 == 4) << cut;
  }
}

}  // namespace
}  // namespace kraken::ext4
