// Files of the secrets folder under one passphrase, and the change to another, cut off at every point.
#include "cluster/secrets_folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/text.h"
#include "support/temp_folder.h"
#include "sys/files.h"

namespace kraken {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kOld = "correct horse";
constexpr std::string_view kNew = "battery staple";
constexpr SecretFile kSecret{kClusterSecretFile, "missing one", "remedy one"};
constexpr SecretFile kPki{kKubernetesPkiFile, "missing two", "remedy two"};

struct SecretsFolderTest : testing::Test {
  test::TempFolder temp;
  fs::path folder = make_folder("secrets");
  int asked = 0;

  fs::path make_folder(const std::string& name) const {
    fs::create_directory(temp / name);
    fs::permissions(temp / name, fs::perms(0700));
    return temp / name;
  }
  AskPassphrase answering(std::string_view answer) {
    return [this, answer](const fs::path&, int wrong_ones) -> Result<SecretBytes> {
      ++asked;
      if (wrong_ones > 0) return Error(ErrorCode::kConfig, "out of answers");
      return SecretBytes(as_bytes(answer));
    };
  }
  void fill(const OptionalPassphrase& passphrase) {
    SecretsFolder opened = SecretsFolder::open(folder).value();
    ASSERT_TRUE(opened.create(kClusterSecretFile, as_bytes("the secret"), passphrase).ok());
    ASSERT_TRUE(opened.create(kKubernetesPkiFile, as_bytes("the authorities"), passphrase).ok());
  }
  void expect_opens_with(const fs::path& place, std::string_view passphrase) {
    asked = 0;
    SecretsFolder opened = SecretsFolder::open(place, answering(passphrase)).value();
    const auto secret = opened.read(kSecret);
    ASSERT_TRUE(secret.ok()) << place << ": " << secret.error().what();
    EXPECT_EQ(as_text(secret->view()), "the secret");
    const auto pki = opened.read(kPki);
    ASSERT_TRUE(pki.ok()) << place << ": " << pki.error().what();
    EXPECT_EQ(as_text(pki->view()), "the authorities");
    EXPECT_EQ(asked, 1) << "once for all files";
  }
  static void copy(const fs::path& from, const fs::path& to) {
    fs::copy_file(from, to, fs::copy_options::overwrite_existing);
    fs::permissions(to, fs::perms(0600));
  }
};

TEST_F(SecretsFolderTest, KeepsFilesInClearOrEncrypted) {
  fill(std::nullopt);
  SecretsFolder opened = SecretsFolder::open(folder, answering(kOld)).value();
  EXPECT_EQ(as_text(opened.read(kSecret)->view()), "the secret");
  EXPECT_EQ(asked, 0);
  EXPECT_FALSE(opened.passphrase().has_value());
  ASSERT_TRUE(opened.change_passphrase(as_bytes(kOld)).ok());
  expect_opens_with(folder, kOld);
  EXPECT_TRUE(read_whole_file(folder / kClusterSecretFile, kMiB)->starts_with("kraken-sealed 1\n"));
  EXPECT_TRUE(read_whole_file(folder / kKubernetesPkiFile, kMiB)->starts_with("kraken-sealed 1\n"));
}

TEST_F(SecretsFolderTest, ChangesAndRemovesThePassphraseOfAllFiles) {
  fill(as_bytes(kOld));
  SecretsFolder opened = SecretsFolder::open(folder, answering(kOld)).value();
  ASSERT_TRUE(opened.change_passphrase(as_bytes(kNew)).ok());
  expect_opens_with(folder, kNew);
  SecretsFolder again = SecretsFolder::open(folder, answering(kNew)).value();
  ASSERT_TRUE(again.change_passphrase(std::nullopt).ok());
  EXPECT_EQ(read_whole_file(folder / kClusterSecretFile, kMiB).value(), "the secret");
  EXPECT_EQ(read_whole_file(folder / kKubernetesPkiFile, kMiB).value(), "the authorities");
  for (const auto& entry : fs::directory_iterator(folder)) {
    struct stat info = {};
    ASSERT_EQ(::stat(entry.path().c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777, 0600U) << entry.path();
  }
  EXPECT_EQ(std::distance(fs::directory_iterator(folder), {}), 2) << "nothing else is left";
}

TEST_F(SecretsFolderTest, IsReadWithOnePassphraseWhereverAChangeWasCutOff) {
  fill(as_bytes(kOld));
  const fs::path changed = make_folder("changed");
  for (const std::string_view name : kSecretFiles) copy(folder / name, changed / name);
  SecretsFolder other = SecretsFolder::open(changed, answering(kOld)).value();
  ASSERT_TRUE(other.change_passphrase(as_bytes(kNew)).ok());
  const fs::path secret_next = folder / (std::string(kClusterSecretFile) + ".next");
  const fs::path pki_next = folder / (std::string(kKubernetesPkiFile) + ".next");

  copy(changed / kClusterSecretFile, secret_next);
  expect_opens_with(folder, kOld);
  copy(changed / kKubernetesPkiFile, pki_next);
  expect_opens_with(folder, kOld);
  copy(changed / kClusterSecretFile, folder / "passphrase-change");  // what is in it does not matter
  expect_opens_with(folder, kNew);
  fs::rename(secret_next, folder / kClusterSecretFile);
  expect_opens_with(folder, kNew);
  // The next change finishes this one.
  SecretsFolder opened = SecretsFolder::open(folder, answering(kNew)).value();
  ASSERT_TRUE(opened.change_passphrase(as_bytes(kOld)).ok());
  expect_opens_with(folder, kOld);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder), {}), 2);
}

TEST_F(SecretsFolderTest, StaysAsItIsWhenAChangeIsRefused) {
  fill(as_bytes(kOld));
  const std::string before = read_whole_file(folder / kClusterSecretFile, kMiB).value();
  SecretsFolder opened = SecretsFolder::open(folder, answering("wrong")).value();
  EXPECT_EQ(opened.change_passphrase(as_bytes(kNew)).error().code(), ErrorCode::kConfig);
  SecretsFolder right = SecretsFolder::open(folder, answering(kOld)).value();
  EXPECT_EQ(right.change_passphrase(as_bytes("short")).error().code(), ErrorCode::kConfig);
  EXPECT_EQ(read_whole_file(folder / kClusterSecretFile, kMiB).value(), before);
  expect_opens_with(folder, kOld);
}

TEST_F(SecretsFolderTest, ChangesWhatIsThere) {
  SecretsFolder opened = SecretsFolder::open(folder).value();
  ASSERT_TRUE(opened.create(kClusterSecretFile, as_bytes("the secret"), std::nullopt).ok());
  ASSERT_TRUE(opened.change_passphrase(as_bytes(kNew)).ok());
  EXPECT_FALSE(opened.has(kKubernetesPkiFile));
  const auto missing = opened.read(kPki);
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().what(), (folder / kKubernetesPkiFile).string() + ": missing two");
}

TEST_F(SecretsFolderTest, TakesNoFileForAnother) {
  fill(as_bytes(kOld));
  copy(folder / kClusterSecretFile, folder / kKubernetesPkiFile);
  SecretsFolder opened = SecretsFolder::open(folder, answering(kOld)).value();
  const auto read = opened.read(kPki);
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().code(), ErrorCode::kConfig);
  EXPECT_NE(read.error().what().find("remedy two"), std::string::npos) << read.error().what();
}

}  // namespace
}  // namespace kraken
