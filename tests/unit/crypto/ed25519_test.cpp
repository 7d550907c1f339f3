#include "crypto/ed25519.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "crypto/random.h"

namespace kraken {
namespace {

std::string public_of(std::string_view seed) {
  const auto key = ed25519_public_key(*from_hex(seed));
  return key.ok() ? to_hex(*key) : key.error().what();
}

// RFC 8032, section 7.1: TEST 1, TEST 2, TEST 3.
TEST(Ed25519, Rfc8032Vectors) {
  EXPECT_EQ(public_of("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"),
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  EXPECT_EQ(public_of("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"),
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  EXPECT_EQ(public_of("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7"),
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025");
}

TEST(Ed25519, RefusesASeedOfAnotherSize) {
  EXPECT_EQ(ed25519_public_key({}).error().code(), ErrorCode::kInvalidArgument);
  const SecretBytes long_seed(33);
  EXPECT_EQ(ed25519_public_key(long_seed.view()).error().code(), ErrorCode::kInvalidArgument);
}

TEST(Random, GivesAsManyBytesAsAskedAndOthersEachTime) {
  const auto a = random_bytes(32);
  const auto b = random_bytes(32);
  ASSERT_TRUE(a.ok() && b.ok());
  EXPECT_EQ(a->size(), 32U);
  EXPECT_NE(to_hex(a->view()), to_hex(b->view()));
  EXPECT_NE(to_hex(a->view()), std::string(64, '0'));
}

}  // namespace
}  // namespace kraken
