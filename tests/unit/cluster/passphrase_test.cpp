// The passphrase over the cluster's secret, and where it may come from.
#include "cluster/passphrase.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "base/text.h"
#include "cluster/secrets.h"
#include "support/temp_folder.h"
#include "sys/files.h"

namespace kraken {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPassphrase = "correct horse";

std::string derived(const ClusterSecrets& secrets) {
  return to_hex(secrets.derive({.cluster = "kraken", .label = "test", .node_id = 3})->view());
}

struct PassphraseTest : testing::Test {
  test::TempFolder temp;
  fs::path folder = temp / "secrets";
  fs::path file = folder / "cluster-secret";

  // Gives these, one after the other.
  AskPassphrase answering(std::vector<std::string> answers) {
    return [this, answers = std::move(answers)](const fs::path& asked, int wrong_ones) -> Result<SecretBytes> {
      EXPECT_EQ(asked, file);
      const auto index = static_cast<std::size_t>(wrong_ones);
      if (index >= answers.size()) return Error(ErrorCode::kConfig, "out of answers");
      return SecretBytes(as_bytes(answers[index]));
    };
  }
};

TEST_F(PassphraseTest, OpensTheSecretThatWasMadeWithIt) {
  ASSERT_TRUE(ClusterSecrets::create(folder, as_bytes(kPassphrase)).ok());
  const std::string text = read_whole_file(file, kMiB).value();
  EXPECT_TRUE(text.starts_with("kraken-sealed 1\nfile cluster-secret\nscrypt 16 8 2 ")) << text;
  struct stat info = {};
  ASSERT_EQ(::stat(file.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0600U);

  const auto first = ClusterSecrets::load(folder, answering({std::string(kPassphrase)}));
  ASSERT_TRUE(first.ok()) << first.error().what();
  const auto second = ClusterSecrets::load(folder, answering({"wrong", std::string(kPassphrase)}));
  ASSERT_TRUE(second.ok()) << second.error().what();
  EXPECT_EQ(derived(*first), derived(*second));
}

TEST_F(PassphraseTest, IsAskedForUntilTheOneWhoAnswersGivesUp) {
  ASSERT_TRUE(ClusterSecrets::create(folder, as_bytes(kPassphrase)).ok());
  const auto wrong = ClusterSecrets::load(folder, answering({"wrong"}));
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.error().what(), "out of answers");
  const auto unasked = ClusterSecrets::load(folder);
  ASSERT_FALSE(unasked.ok());
  EXPECT_EQ(unasked.error().code(), ErrorCode::kConfig);
  EXPECT_NE(unasked.error().what().find("encrypted"), std::string::npos);
}

TEST_F(PassphraseTest, IsNotAskedForASecretInClear) {
  ASSERT_TRUE(ClusterSecrets::create(folder).ok());
  EXPECT_TRUE(ClusterSecrets::load(folder, answering({})).ok());
}

TEST_F(PassphraseTest, OfAnotherFileOpensNothing) {
  ASSERT_TRUE(ClusterSecrets::create(folder, as_bytes(kPassphrase)).ok());
  std::string text = read_whole_file(file, kMiB).value();
  text.replace(text.find("cluster-secret"), 14, "other-secret");
  std::ofstream(file, std::ios::binary) << text;
  const auto loaded = ClusterSecrets::load(folder, answering({std::string(kPassphrase)}));
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.error().code(), ErrorCode::kConfig);
  EXPECT_NE(loaded.error().what().find("another file"), std::string::npos) << loaded.error().what();
}

TEST_F(PassphraseTest, IsRefusedWhenItIsNoneAndNothingIsMade) {
  for (const std::string& bad : {std::string(), std::string("seven77"), std::string(1025, 'x'),
                                 std::string("correct\thorse"), std::string("correct\nhorse")}) {
    const Status made = ClusterSecrets::create(folder, as_bytes(bad));
    EXPECT_EQ(made.error().code(), ErrorCode::kConfig) << bad;
    EXPECT_FALSE(fs::exists(folder));
  }
  EXPECT_TRUE(check_new_passphrase(as_bytes("eight888")).ok());
  EXPECT_TRUE(check_new_passphrase(as_bytes("Grüße aus der Küche")).ok());
}

struct PassphraseFileTest : testing::Test {
  test::TempFolder temp;
  fs::path file = temp / "passphrase";

  void put(const std::string& text, mode_t mode = 0600) {
    std::ofstream(file, std::ios::binary) << text;
    ASSERT_EQ(::chmod(file.c_str(), mode), 0);
  }
  void expect_refused(const std::string& word) {
    const auto read = read_passphrase_file(file);
    ASSERT_FALSE(read.ok()) << word;
    EXPECT_EQ(read.error().code(), ErrorCode::kConfig);
    EXPECT_NE(read.error().what().find(word), std::string::npos) << read.error().what();
    EXPECT_EQ(read.error().what().find("horse"), std::string::npos) << read.error().what();
    EXPECT_EQ(read.error().what().find("init"), std::string::npos) << read.error().what();
  }
};

TEST_F(PassphraseFileTest, IsItsOneLine) {
  for (const char* end : {"", "\n", "\r\n"}) {
    put(std::string(kPassphrase) + end);
    const auto read = read_passphrase_file(file);
    ASSERT_TRUE(read.ok()) << read.error().what();
    EXPECT_EQ(as_text(read->view()), kPassphrase);
  }
  put(std::string(1024, 'x') + "\r\n");
  EXPECT_TRUE(read_passphrase_file(file).ok());
}

TEST_F(PassphraseFileTest, IsRefusedWhenItIsNotOneLineOrNotPrivate) {
  expect_refused("no such passphrase file");
  for (const char* text : {"", "\n", "horse\nhorse\n", "horse\n\n", "ho\trse\n"}) {
    put(text);
    expect_refused("one line");
  }
  put(std::string(1025, 'x'));
  expect_refused("one line");
  put(std::string(4096, 'x'));
  expect_refused("larger than any secret");
  put(std::string(kPassphrase), 0640);
  expect_refused("chmod 0600 '" + file.string() + "'");
  fs::remove(file);
  ASSERT_EQ(::mkfifo(file.c_str(), 0600), 0);
  expect_refused("no ordinary file");
  fs::remove(file);
  fs::create_symlink("/etc/hostname", file);
  expect_refused("symbolic link");
}

}  // namespace
}  // namespace kraken
