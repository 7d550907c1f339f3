#include "cluster/sealed_file.h"

#include <gtest/gtest.h>

#include <utility>

#include "base/text.h"

namespace kraken {
namespace {

constexpr ScryptCost kCheap{10, 1, 1};
constexpr std::string_view kPassphrase = "correct horse";
constexpr std::string_view kContent = "the content\nof a file\n";

SealedFile sealed(std::string_view name = "cluster-secret") {
  auto file = seal_file({.name = name, .content = as_bytes(kContent), .passphrase = as_bytes(kPassphrase)}, kCheap);
  EXPECT_TRUE(file.ok());
  return file.ok() ? std::move(*file) : SealedFile{};
}

// The content, or "(nothing)".
std::string opened(const SealedFile& file, std::string_view passphrase = kPassphrase) {
  const auto content = open_sealed_file(file, as_bytes(passphrase));
  if (!content.ok()) return content.error().what();
  return *content ? std::string(as_text((*content)->view())) : "(nothing)";
}

TEST(SealedFile, OpensWithItsPassphraseAlone) {
  const std::string text = format_sealed_file(sealed());
  EXPECT_TRUE(is_sealed_file(text));
  EXPECT_EQ(text.find("content"), std::string::npos);
  const auto file = parse_sealed_file(text);
  ASSERT_TRUE(file.ok()) << file.error().what();
  EXPECT_EQ(opened(*file), kContent);
  EXPECT_EQ(opened(*file, "correct horsf"), "(nothing)");
  EXPECT_EQ(opened(*file, "correct horse "), "(nothing)");
  EXPECT_EQ(format_sealed_file(*file), text);
}

TEST(SealedFile, IsAnotherEachTime) {
  const SealedFile first = sealed();
  const SealedFile second = sealed();
  EXPECT_NE(first.salt, second.salt);
  EXPECT_NE(first.nonce, second.nonce);
  EXPECT_NE(first.data, second.data);
}

TEST(SealedFile, OpensNotWhenAnythingIsAnother) {
  SealedFile file = sealed();
  file.name = "ca-key";  // one file cannot stand in for another
  EXPECT_EQ(opened(file), "(nothing)");
  file = sealed();
  file.cost.p = 2;
  EXPECT_EQ(opened(file), "(nothing)");
  for (std::vector<std::byte> SealedFile::*part : {&SealedFile::salt, &SealedFile::nonce, &SealedFile::data}) {
    file = sealed();
    (file.*part).back() ^= std::byte{0x80};
    EXPECT_EQ(opened(file), "(nothing)");
  }
}

TEST(SealedFile, SurvivesAnEditor) {
  std::string text = format_sealed_file(sealed());
  text.pop_back();
  ASSERT_TRUE(parse_sealed_file(text).ok());
  std::string windows;
  for (const char c : text) windows += c == '\n' ? std::string("\r\n") : std::string(1, c);
  const auto file = parse_sealed_file(windows);
  ASSERT_TRUE(file.ok()) << file.error().what();
  EXPECT_EQ(opened(*file), kContent);
}

TEST(SealedFile, IsRefusedInAnyOtherForm) {
  const std::string good = format_sealed_file(sealed());
  const std::vector<std::pair<std::string, std::string>> changes = {
      {"kraken-sealed 1", "kraken-sealed 2"},
      {"kraken-sealed 1", "kraken-sealed 1 "},
      {"kraken-sealed 1\n", ""},
      {"file cluster-secret", "file ../cluster-secret"},
      {"file cluster-secret", "file .secret"},
      {"file cluster-secret", "file "},
      {"file cluster-secret", "file"},
      {"file cluster-secret", "name cluster-secret"},
      {"scrypt 10 1 1", "scrypt 10 1"},
      {"scrypt 10 1 1", "scrypt 010 1 1"},
      {"scrypt 10 1 1", "scrypt 10 1 -1"},
      {"scrypt 10 1 1", "scrypt 10  1 1"},
      {"scrypt 10 1 1", "scrypt 30 8 1"},
      {"scrypt 10 1 1", "scrypt 10 1 4294967297"},
      {"scrypt 10 1 1 ", "scrypt 10 1 1 AAAA"},
      {"aes-256-gcm ", "aes-256-gcm AAAA"},
      {"aes-256-gcm ", "aes-128-gcm "},
      {"aes-256-gcm ", "aes-256-gcm \n"},
  };
  for (const auto& [from, to] : changes) {
    std::string text = good;
    const std::size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    const auto file = parse_sealed_file(text.replace(at, from.size(), to));
    ASSERT_FALSE(file.ok()) << to;
    EXPECT_EQ(file.error().code(), ErrorCode::kConfig);
  }
  for (std::size_t size = 0; size < good.size() - 5; ++size) {
    const auto file = parse_sealed_file(good.substr(0, size));
    // Base64 that ends after a whole group is well formed still: the tag tells.
    EXPECT_EQ(file.ok() ? opened(*file) : "(nothing)", "(nothing)") << size;
  }
  EXPECT_FALSE(parse_sealed_file(good + "\n").ok());
  EXPECT_FALSE(parse_sealed_file(good + good).ok());
  EXPECT_FALSE(parse_sealed_file(std::string(kMaxSealedFileSize + 1, 'A')).ok());
}

TEST(SealedFile, HoldsTheLargestContentAndNoMore) {
  std::string content(kMaxSecretFileSize, 'c');
  const auto largest =
      seal_file({.name = "ca-key", .content = as_bytes(content), .passphrase = as_bytes(kPassphrase)}, kCheap);
  ASSERT_TRUE(largest.ok());
  const auto file = parse_sealed_file(format_sealed_file(*largest));
  ASSERT_TRUE(file.ok()) << file.error().what();
  EXPECT_EQ(opened(*file), content);
  content += 'c';
  EXPECT_FALSE(
      seal_file({.name = "ca-key", .content = as_bytes(content), .passphrase = as_bytes(kPassphrase)}, kCheap).ok());
  EXPECT_FALSE(seal_file({.name = "a/b", .content = {}, .passphrase = as_bytes(kPassphrase)}, kCheap).ok());
  EXPECT_FALSE(seal_file({.name = "a", .content = {}, .passphrase = {}}, kCheap).ok());
}

}  // namespace
}  // namespace kraken
