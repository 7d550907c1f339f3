#include "crypto/aes_gcm.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace kraken {
namespace {

using Bytes8 = std::vector<std::byte>;

Bytes8 bytes(std::string_view hex) {
  return from_hex(hex).value_or(Bytes8{});
}

// McGrew and Viega, "The Galois/Counter Mode of Operation", appendix B, test case 16.
struct Case16 {
  Bytes8 key = bytes("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
  Bytes8 nonce = bytes("cafebabefacedbaddecaf888");
  Bytes8 associated = bytes("feedfacedeadbeeffeedfacedeadbeefabaddad2");
  Bytes8 text = bytes(
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657"
      "ba637b39");
  Bytes8 sealed = bytes(
      "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0a"
      "bcc9f66276fc6ece0f4e1768cddf8853bb2d551b");

  Result<std::optional<SecretBytes>> open() const {
    return aes256_gcm_open({.key = key, .nonce = nonce, .associated = associated, .text = sealed});
  }
};

TEST(AesGcm, TestCase16) {
  const Case16 it;
  const auto sealed = aes256_gcm_seal({.key = it.key, .nonce = it.nonce, .associated = it.associated, .text = it.text});
  ASSERT_TRUE(sealed.ok()) << sealed.error().what();
  EXPECT_EQ(to_hex(*sealed), to_hex(it.sealed));
  const auto opened = it.open();
  ASSERT_TRUE(opened.ok() && opened->has_value());
  EXPECT_EQ(to_hex((*opened)->view()), to_hex(it.text));
}

TEST(AesGcm, OpensNothingThatWasChanged) {
  for (Bytes8 Case16::*part : {&Case16::key, &Case16::nonce, &Case16::associated, &Case16::sealed}) {
    for (std::size_t i = 0; i < (Case16().*part).size(); ++i) {
      Case16 it;
      (it.*part)[i] ^= std::byte{1};
      const auto opened = it.open();
      ASSERT_TRUE(opened.ok()) << opened.error().what();
      EXPECT_FALSE(opened->has_value()) << i;
    }
  }
}

TEST(AesGcm, OpensNothingThatIsTooShort) {
  Case16 it;
  while (!it.sealed.empty()) {
    it.sealed.pop_back();
    const auto opened = it.open();
    ASSERT_TRUE(opened.ok());
    EXPECT_FALSE(opened->has_value()) << it.sealed.size();
  }
}

TEST(AesGcm, SealsAnEmptyTextAndRefusesOtherSizes) {
  const Case16 it;
  const auto sealed = aes256_gcm_seal({.key = it.key, .nonce = it.nonce, .associated = {}, .text = {}});
  ASSERT_TRUE(sealed.ok());
  EXPECT_EQ(sealed->size(), kAesGcmTagSize);
  const auto opened = aes256_gcm_open({.key = it.key, .nonce = it.nonce, .associated = {}, .text = *sealed});
  ASSERT_TRUE(opened.ok() && opened->has_value());
  EXPECT_EQ((*opened)->size(), 0U);
  EXPECT_FALSE(aes256_gcm_seal({.key = it.nonce, .nonce = it.nonce, .associated = {}, .text = {}}).ok());
  EXPECT_FALSE(aes256_gcm_open({.key = it.key, .nonce = it.key, .associated = {}, .text = *sealed}).ok());
}

}  // namespace
}  // namespace kraken
