#include "base/secret_bytes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <new>
#include <type_traits>

#include "base/text.h"

namespace {

// What memory held when it was given back can only be seen from here.
struct Watch {
  const std::byte* memory = nullptr;
  std::size_t size = 0;
  bool is_freed = false;
  bool is_zero = false;
};
Watch watch;

void give_back(void* memory) noexcept {
  if (memory != nullptr && memory == watch.memory) {
    watch.is_freed = true;
    watch.is_zero = std::all_of(watch.memory, watch.memory + watch.size, [](std::byte b) { return b == std::byte{0}; });
    watch.memory = nullptr;
  }
  std::free(memory);
}

}  // namespace

void* operator new(std::size_t size) {
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
  give_back(memory);
}
void operator delete(void* memory, std::size_t /*size*/) noexcept {
  give_back(memory);
}

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

TEST(SecretBytes, AreOverwrittenBeforeTheirMemoryIsGivenBack) {
  {
    SecretBytes secret(as_bytes("hush, this is a secret"));
    watch = {secret.view().data(), secret.size(), false, false};
    secret = SecretBytes(as_bytes("another"));
    EXPECT_TRUE(watch.is_freed && watch.is_zero);
    watch = {secret.view().data(), secret.size(), false, false};
  }
  EXPECT_TRUE(watch.is_freed && watch.is_zero);
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

// A text that was cut still has the rest behind its end.
TEST(Cleanse, OverwritesTheSpareCapacity) {
  std::string text = "a secret that is longer than the small string's room";
  const char* memory = text.data();
  text.resize(2);
  cleanse(text);
  ASSERT_EQ(text.data(), memory);
  EXPECT_TRUE(std::all_of(memory, memory + text.capacity(), [](char c) { return c == '\0'; }));
}

}  // namespace
}  // namespace kraken
