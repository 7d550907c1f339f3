#include "crypto/base64.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace kraken {
namespace {

// RFC 4648, section 10.
TEST(Base64, Rfc4648Vectors) {
  const std::pair<std::string_view, std::string_view> vectors[] = {
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
  };
  for (const auto& [plain, coded] : vectors) {
    EXPECT_EQ(to_base64(as_bytes(plain)), coded);
    const auto back = from_base64(coded);
    ASSERT_TRUE(back.has_value()) << coded;
    EXPECT_EQ(as_text(back->view()), plain);
  }
}

TEST(Base64, EveryByteSurvives) {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  const auto back = from_base64(to_base64(as_bytes(all)));
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(as_text(back->view()), all);
}

TEST(Base64, OneValueHasOneSpelling) {
  for (const std::string_view bad :
       {"Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm9v\n", " Zm9v", "Zm-v", "====", "Zg==Zg==", "Z===", "=Zm9", "Zm=v"}) {
    EXPECT_FALSE(from_base64(bad).has_value()) << bad;
  }
}

}  // namespace
}  // namespace kraken
