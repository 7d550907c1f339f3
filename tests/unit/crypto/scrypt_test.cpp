#include "crypto/scrypt.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace kraken {
namespace {

// RFC 7914, section 12: the second and the third test vector.
TEST(Scrypt, Rfc7914) {
  const auto second = scrypt(as_bytes("password"), as_bytes("NaCl"), {10, 8, 16}, 64);
  ASSERT_TRUE(second.ok()) << second.error().what();
  EXPECT_EQ(to_hex(second->view()),
            "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb9"
            "4a83ee6d8360cbdfa2cc0640");
  const auto third = scrypt(as_bytes("pleaseletmein"), as_bytes("SodiumChloride"), {14, 8, 1}, 64);
  ASSERT_TRUE(third.ok()) << third.error().what();
  EXPECT_EQ(to_hex(third->view()),
            "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc"
            "0d651e40dfcf017b45575887");
}

TEST(Scrypt, PaysNoCostThatAFileCouldHurtWith) {
  EXPECT_TRUE(is_bearable(kScryptCost));
  EXPECT_TRUE(is_bearable({18, 8, 1}));  // 256 MiB
  for (const ScryptCost& cost :
       {ScryptCost{19, 8, 1}, ScryptCost{18, 9, 1}, ScryptCost{20, 4, 1}, ScryptCost{21, 1, 1}, ScryptCost{16, 8, 33},
        ScryptCost{17, 16, 32}, ScryptCost{9, 8, 1}, ScryptCost{16, 0, 1}, ScryptCost{16, 8, 0}, ScryptCost{64, 8, 1},
        ScryptCost{16, 4294967295, 1}, ScryptCost{16, 8, 4294967295}, ScryptCost{4294967295, 8, 1}}) {
    EXPECT_FALSE(is_bearable(cost)) << cost.log2_n << " " << cost.r << " " << cost.p;
    EXPECT_EQ(scrypt(as_bytes("p"), as_bytes("s"), cost, 32).error().code(), ErrorCode::kInvalidArgument);
  }
  EXPECT_FALSE(scrypt({}, as_bytes("s"), kScryptCost, 32).ok());
}

}  // namespace
}  // namespace kraken
