#include <gtest/gtest.h>

#include "config/cluster_reader.h"
#include "config/cluster_template.h"
#include "config/definition.h"
#include "config/ssh_key.h"
#include "config/utf8.h"
#include "support/config_files.h"

namespace kraken {
namespace {

TEST(Size, HasBinaryAndDecimalUnits) {
  EXPECT_EQ(parse_size("29GiB"), 29 * kGiB);
  EXPECT_EQ(parse_size("32 GB"), 32'000'000'000U);
  EXPECT_EQ(parse_size("512"), 512U);
  EXPECT_EQ(parse_size("1kB"), 1000U);
  EXPECT_EQ(parse_size("1TiB"), 1024 * kGiB);
  for (const char* const wrong : {"", "GiB", "1.5GiB", "-1", "1 ", " 1", "1gib", "1  GB", "0x10", "1GiBs"}) {
    EXPECT_FALSE(parse_size(wrong)) << wrong;
  }
  EXPECT_EQ(parse_size("18446744073709551615"), UINT64_MAX);
  EXPECT_FALSE(parse_size("18446744073709551616"));
  EXPECT_FALSE(parse_size("16777216TiB")) << "2^64";
}

TEST(SshKey, TakesWhatSshKeygenMakes) {
  const test::TempFolder folder;
  for (const std::string type : {"ed25519", "rsa -b 2048", "ecdsa -b 256", "ecdsa -b 384", "ecdsa -b 521"}) {
    const auto file = (folder / "key").string();
    const auto made = test::run("rm -f '" + file + "' '" + file + ".pub'; ssh-keygen -q -N '' -C 'me at work' -f '" +
                                file + "' -t " + type);
    ASSERT_EQ(made.status, 0) << made.output;
    const std::string line = test::read(file + ".pub");
    const auto key = parse_ssh_key(line.substr(0, line.size() - 1));
    ASSERT_TRUE(key.ok()) << type << ": " << key.error().what();
    const std::size_t half = line.find(' ') + (line.rfind(" me") - line.find(' ')) / 2;
    EXPECT_FALSE(parse_ssh_key(line.substr(0, half)).ok()) << "cut in the middle";
    EXPECT_FALSE(parse_ssh_key("ssh-" + line.substr(0, line.size() - 1)).ok());
    EXPECT_FALSE(parse_ssh_key(test::read(file)).ok()) << "the private half";
  }
}

TEST(SshKey, WantsTheTypeInsideToBeTheOneOutside) {
  std::string line(test::kPublicKey);
  ASSERT_TRUE(parse_ssh_key(line).ok());
  ASSERT_TRUE(parse_ssh_key("from=\"10.0.0.0/8\",command=\"a \\\" b\" " + line).ok());
  EXPECT_FALSE(parse_ssh_key("ssh-rsa" + line.substr(line.find(' '))).ok());
  EXPECT_FALSE(parse_ssh_key("from=\"unclosed " + line).ok());
  EXPECT_FALSE(parse_ssh_key(line.substr(line.find(' ') + 1)).ok());
  EXPECT_FALSE(parse_ssh_key(line + "\nssh-rsa x").ok());
  EXPECT_FALSE(parse_ssh_key("").ok());
  EXPECT_FALSE(parse_ssh_key("ssh-ed25519").ok());
  EXPECT_FALSE(parse_ssh_key("ssh-ed25519 ====").ok());
}

// base64 holds three bytes in four characters; the key's own length is 32, in the characters that begin at 20.
TEST(SshKey, WantsAllOfAKeyAndNothingElse) {
  const std::string line(test::kPublicKey);
  const std::size_t end = line.find(' ', line.find(' ') + 1);
  EXPECT_FALSE(parse_ssh_key(line.substr(0, end) + "AAAA" + line.substr(end)).ok());
  std::string shorter = line.substr(0, end - 4);
  shorter.replace(line.find("AAAAIAAB"), 8, "AAAAHQAB");  // 29, which is what is there then
  EXPECT_FALSE(parse_ssh_key(shorter).ok());
}

TEST(ToWord, MatchesTheFiles) {
  EXPECT_EQ(to_word(Role::kManager), "manager");
  EXPECT_EQ(to_word(Orchestrator::kK3s), "k3s");
  EXPECT_EQ(to_word(NicPrimary::kUsbGigabit), "usb-gigabit");
  EXPECT_EQ(to_word(NicFallback::kNone), "none");
  EXPECT_EQ(to_word(NicMode::kFailover), "failover");
}

class Template : public testing::Test {
 protected:
  Result<ClusterConfig> read(const ClusterTemplate& wanted) {
    KRAKEN_ASSIGN(const std::string text, commented_cluster_yaml(wanted));
    files_.put("cluster.yaml", text);
    return read_cluster(files_.cluster(), {KRAKEN_SOURCE_DIR});
  }
  ClusterTemplate wanted() const {
    ClusterTemplate wanted;
    wanted.base = "tiny";
    wanted.key_file = (files_.path() / "id.pub").string();
    return wanted;
  }
  test::ConfigFiles files_;
};

TEST_F(Template, IsARightCluster) {
  std::filesystem::remove_all(files_.path() / "profiles/worker.yaml");
  std::filesystem::remove_all(files_.path() / "overlays");
  const auto cluster = read(wanted());
  ASSERT_TRUE(cluster.ok()) << cluster.error().what();
  EXPECT_EQ(cluster->nodes.size(), 3U);
  EXPECT_EQ(cluster->nodes[0].profile.role.value, Role::kManager);
  EXPECT_EQ(format_ipv4(cluster->nodes[2].address.value), "192.168.3.13");
}

TEST_F(Template, KeepsAwayFromTheGatewayAndQuotesWhatYamlWouldMisread) {
  std::filesystem::remove_all(files_.path() / "profiles/worker.yaml");
  std::filesystem::remove_all(files_.path() / "overlays");
  ClusterTemplate wanted = this->wanted();
  wanted.name = "0x10";
  wanted.user = "on";
  wanted.subnet = {{0x0a000000}, 29};
  wanted.gateway = {0x0a000003};
  wanted.first_host = 1;
  wanted.nodes = 5;
  wanted.key_file = (files_.path() / "my \"key\" \\#1: x.pub").string();
  test::write(wanted.key_file, test::kPublicKey);
  const auto cluster = read(wanted);
  ASSERT_TRUE(cluster.ok()) << cluster.error().what();
  EXPECT_EQ(cluster->name.value, "0x10");
  EXPECT_EQ(format_ipv4(cluster->nodes[2].address.value), "10.0.0.4");
  wanted.nodes = 6;
  const Error error = commented_cluster_yaml(wanted).error();
  EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
  EXPECT_NE(error.what().find("take a larger subnet or fewer nodes"), std::string::npos) << error.what();
}

TEST_F(Template, RefusesWhatCouldNotBeRead) {
  const auto refused = [&](const auto& change) {
    ClusterTemplate wanted = this->wanted();
    change(wanted);
    const auto text = commented_cluster_yaml(wanted);
    return !text.ok() && text.error().code() == ErrorCode::kInvalidArgument;
  };
  EXPECT_TRUE(refused([](auto& wanted) { wanted.name = "No Name"; }));
  EXPECT_TRUE(refused([](auto& wanted) { wanted.user = "root"; }));
  EXPECT_TRUE(refused([](auto& wanted) { wanted.orchestrator = "x"; }));
  EXPECT_TRUE(refused([](auto& wanted) { wanted.nodes = 0; }));
  EXPECT_TRUE(refused([](auto& wanted) { wanted.nodes = 300; }));
  EXPECT_TRUE(refused([](auto& wanted) { wanted.key_file = "a\nb"; }));
  EXPECT_TRUE(refused([](auto& wanted) { wanted.key_file = "a\xff"; }));
  EXPECT_TRUE(refused([](auto& wanted) { wanted.gateway = {0x01020304}; }));
}

}  // namespace
}  // namespace kraken
