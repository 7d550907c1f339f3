#include "crypto/digest.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace kraken {
namespace {

// FIPS 180-4's examples, as NIST publishes them.
TEST(Sha256, IsTheStandards) {
  EXPECT_EQ(hex_digest(sha256(as_bytes("abc"))), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex_digest(sha256({})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Sha256, TakesItsInputInPiecesAndStartsAnew) {
  Sha256 hash;
  for (int round = 0; round < 2; ++round) {
    hash.update(as_bytes("a"));
    hash.update({});
    hash.update(as_bytes("bc"));
    EXPECT_EQ(hash.finish(), sha256(as_bytes("abc")));
  }
}

// What passes here becomes a file's name.
TEST(Sha256, KnowsHowADigestIsWritten) {
  const std::string digest = hex_digest(sha256({}));
  EXPECT_TRUE(is_hex_sha256(digest));
  EXPECT_TRUE(is_hex_sha256(std::string(64, 'A')));
  EXPECT_FALSE(is_hex_sha256(""));
  EXPECT_FALSE(is_hex_sha256(digest.substr(2)));
  EXPECT_FALSE(is_hex_sha256(digest + "00"));
  EXPECT_FALSE(is_hex_sha256(std::string(63, '0') + "/"));
}

}  // namespace
}  // namespace kraken
