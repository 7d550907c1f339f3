#include "crypto/secret_bytes.h"

#include <gtest/gtest.h>

#include <new>
#include <type_traits>

#include "base/text.h"

namespace kraken {
namespace {

static_assert(!std::is_copy_constructible_v<SecretBytes> && !std::is_copy_assignable_v<SecretBytes>);

TEST(SecretBytes, MovingLeavesNothingBehind) {
  SecretBytes from(as_bytes("hush"));
  const SecretBytes to(std::move(from));
  EXPECT_EQ(as_text(to.view()), "hush");
  EXPECT_EQ(from.size(), 0U);  // NOLINT(bugprone-use-after-move): that is the question
}

TEST(SecretBytes, AssignmentTakesOver) {
  SecretBytes a(as_bytes("old"));
  a = SecretBytes(as_bytes("newer"));
  EXPECT_EQ(as_text(a.view()), "newer");
}

TEST(Cleanse, OverwritesAndEmpties) {
  std::array<std::byte, 4> bytes{std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}};
  cleanse(bytes);
  EXPECT_EQ(to_hex(bytes), "00000000");

  std::string text = "a secret that is longer than the small string's room";
  const char* memory = text.data();
  const std::size_t size = text.size();
  cleanse(text);
  EXPECT_TRUE(text.empty());
  // The text keeps its memory, so this reads what is still its own.
  text.resize(size, 'x');
  EXPECT_EQ(text.data(), memory);
}

}  // namespace
}  // namespace kraken
