#include "decode/format.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "support/sample_image.h"
#include "support/temp_folder.h"

namespace kraken {
namespace {

Result<ImageFormat> detect(std::string_view head) {
  return detect_format(as_bytes(head));
}

TEST(Format, WhatIsNothingElseIsRaw) {
  EXPECT_EQ(*detect(std::string(512, '\0')), ImageFormat::kRaw);
  EXPECT_EQ(*detect(""), ImageFormat::kRaw);
  EXPECT_EQ(*detect("BZh9 is how this boot code begins"), ImageFormat::kRaw);
  EXPECT_EQ(*detect("PK"), ImageFormat::kRaw);
}

TEST(Format, IsToldByThePackersOwnBytes) {
  const test::TempFolder folder;
  const auto by = [&](const std::string& command) {
    return *detect_format(test::output_of(folder.path(), "printf hello | " + command));
  };
  EXPECT_EQ(by("xz -c"), ImageFormat::kXz);
  EXPECT_EQ(by("zstd -q -c"), ImageFormat::kZstd);
  EXPECT_EQ(by("gzip -c"), ImageFormat::kGzip);
  EXPECT_EQ(by("bzip2 -c"), ImageFormat::kBzip2);
  EXPECT_EQ(by("bzip2 -c < /dev/null"), ImageFormat::kBzip2);
  EXPECT_EQ(by("zip -q - - | cat"), ImageFormat::kZip);
}

TEST(Format, MistakesAreNamed) {
  const test::TempFolder folder;
  const auto tar = detect_format(test::output_of(folder.path(), "tar -C /etc -cf - hostname"));
  ASSERT_FALSE(tar.ok());
  EXPECT_NE(tar.error().what().find("tar archive"), std::string::npos) << tar.error().what();
  for (const std::string page : {"<!DOCTYPE html>", "\n\n <HTML lang=en>", "\xef\xbb\xbf<?xml version='1.0'?>"}) {
    const auto found = detect(page);
    ASSERT_FALSE(found.ok()) << page;
    EXPECT_NE(found.error().what().find("web page"), std::string::npos) << found.error().what();
  }
  for (const std::string_view head : {"7z\xbc\xaf\x27\x1c", "Rar!\x1a\x07", "QFI\xfb", "LZIP", "\x04\x22\x4d\x18"}) {
    ASSERT_FALSE(detect(head).ok());
    EXPECT_EQ(detect(head).error().code(), ErrorCode::kUnsupported);
  }
  EXPECT_NE(detect("QFI\xfb").error().what().find("qemu-img"), std::string::npos);
}

}  // namespace
}  // namespace kraken
