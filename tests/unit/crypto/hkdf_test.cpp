#include "crypto/hkdf.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace kraken {
namespace {

std::string derive(std::string_view key, std::string_view salt, std::string_view info, std::size_t length) {
  const auto k = from_hex(key);
  const auto s = from_hex(salt);
  const auto i = from_hex(info);
  const auto out = hkdf_sha256({.key = *k, .salt = *s, .info = *i}, length);
  return out.ok() ? to_hex(out->view()) : out.error().what();
}

// RFC 5869, appendix A: the test vectors for SHA-256.
TEST(Hkdf, Rfc5869Case1) {
  EXPECT_EQ(
      derive("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9", 42),
      "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
}

TEST(Hkdf, Rfc5869Case2) {
  std::string key;
  std::string salt;
  std::string info;
  for (int i = 0; i < 80; ++i) {
    const auto byte = [](int value) {
      const std::byte b{static_cast<unsigned char>(value)};
      return to_hex({&b, 1});
    };
    key += byte(i);
    salt += byte(0x60 + i);
    info += byte(0xb0 + i);
  }
  EXPECT_EQ(
      derive(key, salt, info, 82),
      "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b8"
      "367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87");
}

TEST(Hkdf, Rfc5869Case3WithoutSaltAndInfo) {
  EXPECT_EQ(derive("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "", "", 42),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

TEST(Hkdf, RefusesWhatItCannotGive) {
  const SecretBytes key(32);
  EXPECT_EQ(hkdf_sha256({}, 32).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(hkdf_sha256({.key = key.view(), .salt = {}, .info = {}}, 0).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(hkdf_sha256({.key = key.view(), .salt = {}, .info = {}}, kHkdfSha256MaxLength + 1).error().code(),
            ErrorCode::kInvalidArgument);
  EXPECT_TRUE(hkdf_sha256({.key = key.view(), .salt = {}, .info = {}}, kHkdfSha256MaxLength).ok());
}

}  // namespace
}  // namespace kraken
