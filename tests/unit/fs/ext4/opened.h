// An ext4 image opened for a test's editing, and the code that something ended with.
#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "fs/ext4/ext4_editor.h"

namespace kraken::test {

inline constexpr std::int64_t kClock = 1'700'000'000;

inline std::unique_ptr<FsEditor> open(BlockStore& store, std::int64_t clock = kClock) {
  auto opened = open_ext4(store, clock);
  EXPECT_TRUE(opened.ok()) << opened.error().what();
  return opened.ok() ? std::move(*opened) : nullptr;
}

// kInternal for success.
template <typename Outcome>
ErrorCode code(const Outcome& outcome) {
  return outcome.ok() ? ErrorCode::kInternal : outcome.error().code();
}

}  // namespace kraken::test
