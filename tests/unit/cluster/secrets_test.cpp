#include "cluster/secrets.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "base/text.h"
#include "support/temp_folder.h"
#include "sys/files.h"

namespace kraken {
namespace {

namespace fs = std::filesystem;

mode_t mode_of(const fs::path& path) {
  struct stat info = {};
  return ::stat(path.c_str(), &info) == 0 ? info.st_mode & 07777 : 0;
}

struct Secrets : testing::Test {
  test::TempFolder temp;
  fs::path folder = temp / "secrets";
  fs::path file = folder / "cluster-secret";

  void make() { ASSERT_TRUE(ClusterSecrets::create(folder).ok()); }
  void overwrite(const std::string& text) { std::ofstream(file, std::ios::binary) << text; }
  std::string content() { return read_whole_file(file, kMiB).value(); }

  void expect_refused(std::string_view word) {
    const auto loaded = ClusterSecrets::load(folder);
    ASSERT_FALSE(loaded.ok());
    EXPECT_EQ(loaded.error().code(), ErrorCode::kConfig);
    EXPECT_NE(loaded.error().what().find(word), std::string::npos) << loaded.error().what();
  }
};

TEST_F(Secrets, AreMadePrivateWhateverTheUmask) {
  const mode_t old = ::umask(0);
  make();
  ::umask(old);
  EXPECT_EQ(mode_of(folder), 0700U);
  EXPECT_EQ(mode_of(file), 0600U);
  EXPECT_TRUE(ClusterSecrets::load(folder).ok());
}

TEST_F(Secrets, AreNeverOverwritten) {
  make();
  const std::string before = content();
  EXPECT_EQ(ClusterSecrets::create(folder).error().code(), ErrorCode::kAlreadyExists);
  EXPECT_EQ(content(), before);
}

TEST_F(Secrets, DifferEachTime) {
  make();
  const std::string first = content();
  fs::remove(file);
  make();
  EXPECT_NE(content(), first);
}

TEST_F(Secrets, AreRefusedWhenOthersMayRead) {
  make();
  fs::permissions(file, fs::perms(0640));
  expect_refused("chmod 0600 '" + file.string() + "'");
  fs::permissions(file, fs::perms(0600));
  fs::permissions(folder, fs::perms(0711));
  expect_refused("chmod 0700 '" + folder.string() + "'");
  fs::permissions(folder, fs::perms(0700));
  EXPECT_TRUE(ClusterSecrets::load(folder).ok());
}

TEST_F(Secrets, AreNotFollowedThroughLinks) {
  make();
  fs::rename(file, temp / "elsewhere");
  fs::create_symlink(temp / "elsewhere", file);
  expect_refused("symbolic link");
  EXPECT_FALSE(ClusterSecrets::create(folder).ok());

  fs::remove(file);
  fs::rename(temp / "elsewhere", file);
  fs::rename(folder, temp / "moved");
  fs::create_directory_symlink(temp / "moved", folder);
  expect_refused("symbolic link");
}

TEST_F(Secrets, AreNotMadeInAnOpenFolder) {
  fs::create_directory(folder);
  fs::permissions(folder, fs::perms(0755));
  const Status made = ClusterSecrets::create(folder);
  EXPECT_EQ(made.error().code(), ErrorCode::kConfig);
  EXPECT_FALSE(fs::exists(file));
}

TEST_F(Secrets, AreRefusedWhenSomebodyElseOwnsThem) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  make();
  ASSERT_EQ(::chown(file.c_str(), 4711, 4711), 0);
  expect_refused("belongs to user 4711");
  // Under sudo the caller's own secrets are good.
  ::setenv("SUDO_UID", "4711", 1);
  ::setenv("SUDO_GID", "4711", 1);
  EXPECT_TRUE(ClusterSecrets::load(folder).ok());
  ::setenv("SUDO_UID", "4712", 1);
  expect_refused("belongs to user 4711");
  ::unsetenv("SUDO_UID");
  ::unsetenv("SUDO_GID");
}

TEST_F(Secrets, BelongToWhoeverCalledSudo) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  ::setenv("SUDO_UID", "4711", 1);
  ::setenv("SUDO_GID", "4712", 1);
  make();
  ::unsetenv("SUDO_UID");
  ::unsetenv("SUDO_GID");
  struct stat info = {};
  ASSERT_EQ(::stat(file.c_str(), &info), 0);
  EXPECT_EQ(info.st_uid, 4711U);
  EXPECT_EQ(info.st_gid, 4712U);
  ASSERT_EQ(::stat(folder.c_str(), &info), 0);
  EXPECT_EQ(info.st_uid, 4711U);
}

TEST_F(Secrets, AreRefusedWhenMissingOrNotAFile) {
  expect_refused("init");
  fs::create_directory(folder);
  fs::permissions(folder, fs::perms(0700));
  expect_refused("init");
  fs::create_directory(file);
  fs::permissions(file, fs::perms(0700));
  expect_refused("no ordinary file");
  fs::remove(file);
  ASSERT_EQ(::mkfifo(file.c_str(), 0600), 0);
  expect_refused("no ordinary file");
  fs::remove(file);
  fs::remove(folder);
  std::ofstream(folder) << "x";
  fs::permissions(folder, fs::perms(0600));
  expect_refused("no folder");
}

TEST_F(Secrets, AreRefusedInAnotherFormat) {
  make();
  const std::string good = content();
  EXPECT_EQ(good.size(), std::string("kraken-cluster-secret 1\n").size() + 44 + 1);
  const std::string line = good.substr(24, 44);
  for (const std::string& bad : {std::string(), line, "kraken-cluster-secret 1\n" + line.substr(4) + "\n", good + "\n",
                                 good + good, good.substr(0, 40), "kraken-cluster-secret 1\n" + line + "AAAA\n",
                                 std::string(8192, 'A'), std::string(good).replace(30, 1, 1, '\0')}) {
    overwrite(bad);
    const auto loaded = ClusterSecrets::load(folder);
    ASSERT_FALSE(loaded.ok()) << bad;
    EXPECT_EQ(loaded.error().code(), ErrorCode::kConfig);
    EXPECT_EQ(loaded.error().what().find(line.substr(8, 20)), std::string::npos) << "the message shows the secret";
  }
  overwrite("kraken-cluster-secret 2\n" + line + "\n");
  expect_refused("version");
  // An editor's line ends and a missing last one are no reason to lock somebody out.
  overwrite("kraken-cluster-secret 1\n" + line + "\r\n");
  EXPECT_TRUE(ClusterSecrets::load(folder).ok());
  overwrite("kraken-cluster-secret 1\n" + line);
  EXPECT_TRUE(ClusterSecrets::load(folder).ok());
}

std::string derived(const ClusterSecrets& secrets, const SecretPurpose& purpose) {
  const auto out = secrets.derive(purpose);
  return out.ok() ? to_hex(out->view()) : out.error().what();
}

TEST(Derive, IsTheDocumentedHkdf) {
  std::string key;
  for (int i = 0; i < 32; ++i) key += static_cast<char>(i);
  const auto secrets = ClusterSecrets::from_bytes(SecretBytes(as_bytes(key)));
  ASSERT_TRUE(secrets.ok());
  // openssl kdf is the other implementation of the sentence in secrets.h.
  const test::Ran ran =
      test::run("openssl kdf -keylen 32 -kdfopt digest:SHA256 -kdfopt hexkey:" + to_hex(as_bytes(key)) +
                " -kdfopt salt:kraken -kdfopt info:kraken/ssh-host-ed25519/3 HKDF | tr -d ':\\n' | tr A-F a-f");
  ASSERT_EQ(ran.status, 0) << ran.output;
  EXPECT_EQ(derived(*secrets, {.cluster = "kraken", .label = "ssh-host-ed25519", .node_id = 3}), ran.output);
}

TEST(Derive, GivesEveryPurposeItsOwn) {
  const auto secrets = ClusterSecrets::from_bytes(SecretBytes(kClusterSecretSize));
  ASSERT_TRUE(secrets.ok());
  const SecretPurpose base{.cluster = "kraken", .label = "a", .node_id = 1};
  EXPECT_NE(derived(*secrets, base), derived(*secrets, {.cluster = "kraken2", .label = "a", .node_id = 1}));
  EXPECT_NE(derived(*secrets, base), derived(*secrets, {.cluster = "kraken", .label = "b", .node_id = 1}));
  EXPECT_NE(derived(*secrets, base), derived(*secrets, {.cluster = "kraken", .label = "a", .node_id = 2}));
  EXPECT_EQ(derived(*secrets, base), derived(*secrets, base));
}

TEST(Derive, RefusesAmbiguousNames) {
  const auto secrets = ClusterSecrets::from_bytes(SecretBytes(kClusterSecretSize));
  ASSERT_TRUE(secrets.ok());
  for (const std::string_view label : {"", "a/1", "A", "a b"}) {
    EXPECT_EQ(secrets->derive({.cluster = "kraken", .label = label, .node_id = 1}).error().code(),
              ErrorCode::kInvalidArgument)
        << label;
  }
  EXPECT_FALSE(secrets->derive({.cluster = "", .label = "a", .node_id = 1}).ok());
  EXPECT_FALSE(ClusterSecrets::from_bytes(SecretBytes(31)).ok());
}

}  // namespace
}  // namespace kraken
