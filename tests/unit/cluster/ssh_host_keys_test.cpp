#include "cluster/ssh_host_keys.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/text.h"
#include "support/temp_folder.h"

namespace kraken {
namespace {

namespace fs = std::filesystem;

ClusterSecrets secrets_of(char fill) {
  return std::move(ClusterSecrets::from_bytes(SecretBytes(as_bytes(std::string(32, fill))))).value();
}

SshHostKey key_of(const ClusterSecrets& secrets, std::uint32_t id, std::string_view name) {
  return std::move(derive_ssh_host_key(secrets, {.cluster = "kraken", .node_id = id, .name = name})).value();
}

struct SshKeys : testing::Test {
  test::TempFolder temp;
  fs::path file = temp / "ssh_host_ed25519_key";

  void write(const SshHostKey& key) {
    std::ofstream(file, std::ios::binary) << as_text(key.private_key.view());
    fs::permissions(file, fs::perms(0600));
  }
};

// Comments of every length modulo the cipher's block: the padding must be right for each.
TEST_F(SshKeys, AreReadByOpenssh) {
  for (const std::string name : {"k", "kr", "kra", "krak", "krake", "kraken", "kraken-", "kraken-3", "kraken-33"}) {
    const SshHostKey key = key_of(secrets_of('s'), 3, name);
    fs::remove(file);
    write(key);
    const test::Ran shown = test::run("ssh-keygen -y -f " + file.string());
    EXPECT_EQ(shown.status, 0) << shown.output;
    EXPECT_EQ(shown.output, key.public_file()) << name;
    const test::Ran print = test::run("ssh-keygen -l -f " + file.string());
    EXPECT_EQ(print.output, "256 " + key.fingerprint + " " + key.comment + " (ED25519)\n");
  }
}

// What ssh-keygen writes for the same key (it keeps the check ints random, so the bytes are compared around them).
TEST_F(SshKeys, HaveTheFormThatSshKeygenWrites) {
  const SshHostKey key = key_of(secrets_of('s'), 3, "kraken-3");
  write(key);
  const std::string before(as_text(key.private_key.view()));
  ASSERT_EQ(test::run("ssh-keygen -p -N '' -f " + file.string()).status, 0);
  std::ifstream in(file, std::ios::binary);
  const std::string after((std::istreambuf_iterator<char>(in)), {});
  ASSERT_EQ(after.size(), before.size());
  const auto first_line_end = before.find('\n', before.find('\n') + 1);
  EXPECT_EQ(after.substr(0, first_line_end), before.substr(0, first_line_end));
  EXPECT_EQ(split(after, '\n').size(), split(before, '\n').size());
  EXPECT_EQ(after.substr(before.size() - 100), before.substr(before.size() - 100));
}

TEST_F(SshKeys, SignAndVerify) {
  const SshHostKey key = key_of(secrets_of('s'), 3, "kraken-3");
  write(key);
  std::ofstream(temp / "message") << "hello";
  std::ofstream(temp / "signers") << "node " << key.public_key << "\n";
  ASSERT_EQ(test::run("ssh-keygen -Y sign -n test -f " + file.string() + " " + (temp / "message").string()).status, 0);
  const test::Ran verified = test::run("ssh-keygen -Y verify -n test -I node -f " + (temp / "signers").string() +
                                       " -s " + (temp / "message.sig").string() + " < " + (temp / "message").string());
  EXPECT_EQ(verified.status, 0) << verified.output;
}

TEST_F(SshKeys, AreTakenByTheServer) {
  if (test::run("test -x /usr/sbin/sshd").status != 0) GTEST_SKIP() << "no openssh-server here";
  write(key_of(secrets_of('s'), 3, "kraken-3"));
  const test::Ran ran = test::run("mkdir -p /run/sshd; /usr/sbin/sshd -t -f /dev/null -h " + file.string());
  EXPECT_EQ(ran.status, 0) << ran.output;
}

TEST_F(SshKeys, AreTheSameAtEveryBurnAndDifferentForEveryNode) {
  const SshHostKey a = key_of(secrets_of('s'), 3, "kraken-3");
  const SshHostKey b = key_of(secrets_of('s'), 3, "kraken-3");
  EXPECT_EQ(as_text(a.private_key.view()), as_text(b.private_key.view()));
  EXPECT_NE(a.public_key, key_of(secrets_of('s'), 4, "kraken-3").public_key);
  EXPECT_NE(a.public_key, key_of(secrets_of('t'), 3, "kraken-3").public_key);
  // Renaming a node does not change who it is.
  EXPECT_EQ(a.public_key, key_of(secrets_of('s'), 3, "renamed").public_key);
}

TEST_F(SshKeys, KnownHostsAreFoundBySsh) {
  const SshHostKey key = key_of(secrets_of('s'), 3, "kraken-3");
  const std::string names[] = {"kraken-3", "kraken-3.local"};
  const auto line = known_hosts_line(names, *parse_ipv4("192.168.3.13"), key);
  ASSERT_TRUE(line.ok());
  std::ofstream(temp / "known_hosts") << *line;
  for (const std::string host : {"kraken-3", "kraken-3.local", "192.168.3.13"}) {
    const test::Ran ran = test::run("ssh-keygen -F " + host + " -l -f " + (temp / "known_hosts").string());
    EXPECT_EQ(ran.status, 0) << host;
    EXPECT_NE(ran.output.find(key.fingerprint), std::string::npos) << ran.output;
  }
  EXPECT_NE(test::run("ssh-keygen -F kraken-4 -f " + (temp / "known_hosts").string()).status, 0);
}

TEST_F(SshKeys, RefuseNamesThatWouldChangeAFile) {
  const ClusterSecrets secrets = secrets_of('s');
  for (const std::string& name : {std::string(), std::string("a b"), std::string("a\nb"), std::string("a,b"),
                                  std::string("*"), std::string("a\0b", 3)}) {
    EXPECT_FALSE(derive_ssh_host_key(secrets, {.cluster = "kraken", .node_id = 3, .name = name}).ok()) << name;
  }
  const SshHostKey key = key_of(secrets, 3, "kraken-3");
  const std::string names[] = {"a,b"};
  EXPECT_FALSE(known_hosts_line(names, Ipv4{}, key).ok());
}

}  // namespace
}  // namespace kraken
