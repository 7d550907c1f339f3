#include "contract/node_secrets.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "base/text.h"

namespace kraken {
namespace {

SecretBytes key_of(char c) {
  return SecretBytes(as_bytes(std::string(kJoinKeySize, c)));
}

std::string hex_of(char c) {
  return to_hex(as_bytes(std::string(kJoinKeySize, c)));
}

NodeSecrets of_manager() {
  NodeSecrets secrets;
  secrets.join_key = key_of('m');
  secrets.join_keys.emplace(kWorkstationId, key_of('w'));
  secrets.join_keys.emplace(2, key_of('2'));
  secrets.join_keys.emplace(65535, key_of('9'));
  return secrets;
}

SecretBytes token_of(const std::string& text) {
  return SecretBytes(as_bytes(text));
}

NodeSecrets of_kubeadm_manager() {
  NodeSecrets secrets = of_manager();
  secrets.bootstrap_token = token_of("k00001.0123456789abcdef");
  secrets.bootstrap_tokens.emplace(2, token_of("k00002.ghijklmnopqrstuv"));
  secrets.bootstrap_tokens.emplace(65535, token_of("k65535.wxyz0123456789ab"));
  return secrets;
}

std::string text_of(const NodeSecrets& secrets) {
  return std::string(as_text(format_node_secrets(secrets).view()));
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

TEST(NodeSecrets, OfAManagerComeBackAsTheyWereWritten) {
  const std::string text = text_of(of_manager());
  EXPECT_EQ(text, "{\n  \"format\": \"kraken-secrets\",\n  \"version\": 2,\n  \"join_key\": \"" + hex_of('m') +
                      "\",\n  \"join_keys\": {\n    \"0\": \"" + hex_of('w') + "\",\n    \"2\": \"" + hex_of('2') +
                      "\",\n    \"65535\": \"" + hex_of('9') +
                      "\"\n  },\n  \"bootstrap_token\": null,\n  \"bootstrap_tokens\": {}\n}\n");
  const auto parsed = parse_node_secrets(text);
  ASSERT_TRUE(parsed.ok()) << parsed.error().what();
  ASSERT_TRUE(parsed->join_key.has_value());
  EXPECT_EQ(as_text(parsed->join_key->view()), std::string(kJoinKeySize, 'm'));
  EXPECT_EQ(as_text(parsed->join_keys.at(65535).view()), std::string(kJoinKeySize, '9'));
  EXPECT_EQ(text_of(*parsed), text);
}

TEST(NodeSecrets, OfAWorkerAndErasedOnesComeBackToo) {
  NodeSecrets worker;
  worker.join_key = key_of('k');
  for (const NodeSecrets& secrets : {std::move(worker), NodeSecrets{}}) {
    const auto parsed = parse_node_secrets(text_of(secrets));
    ASSERT_TRUE(parsed.ok()) << parsed.error().what();
    EXPECT_EQ(parsed->join_key.has_value(), secrets.join_key.has_value());
    EXPECT_TRUE(parsed->join_keys.empty());
    EXPECT_EQ(text_of(*parsed), text_of(secrets));
  }
}

TEST(NodeSecrets, AsManyAsARecordHasNodesFitIntoTheFile) {
  NodeSecrets secrets;
  for (std::uint32_t id = 60000; id < 60000 + kMaxJoinKeys; ++id) {  // five digits: the longest
    secrets.join_keys.emplace(id, SecretBytes(as_bytes(std::to_string(id) + std::string(kJoinKeySize - 5, 'x'))));
    secrets.bootstrap_tokens.emplace(id, token_of("k" + std::to_string(id) + ".0123456789abcdef"));
  }
  ASSERT_TRUE(check_node_secrets(secrets).ok());
  const std::string text = text_of(secrets);
  EXPECT_LE(text.size(), kNodeSecretsMaxSize);
  EXPECT_TRUE(parse_node_secrets(text).ok());
  secrets.join_keys.emplace(50000, key_of('y'));
  EXPECT_FALSE(check_node_secrets(secrets).ok());
  EXPECT_FALSE(parse_node_secrets(text_of(secrets)).ok());
}

TEST(NodeSecrets, RefuseAnotherVersionBeforeItsUnknownKeys) {
  const auto parsed = parse_node_secrets("{\"format\": \"kraken-secrets\", \"version\": 3, \"token\": [1]}");
  ASSERT_FALSE(parsed.ok());
  EXPECT_EQ(parsed.error().code(), ErrorCode::kUnsupported);
  EXPECT_NE(parsed.error().what().find("version 3"), std::string::npos) << parsed.error().what();
}

TEST(NodeSecrets, TakeAnyBlanksAndNothingElse) {
  const std::string compact = R"({"format":"kraken-secrets","version":2,"join_key":null,"join_keys":{},)"
                              R"("bootstrap_token":null,"bootstrap_tokens":{}})";
  EXPECT_TRUE(parse_node_secrets(compact).ok());
  EXPECT_TRUE(parse_node_secrets(" \t\r\n" + replaced(compact, ":null,", " : null ,") + "\n").ok());
  EXPECT_FALSE(parse_node_secrets(compact + "{}").ok());
  EXPECT_FALSE(parse_node_secrets(compact + std::string(1, '\0')).ok());
  EXPECT_FALSE(parse_node_secrets(compact + std::string(kNodeSecretsMaxSize, ' ')).ok());
}

TEST(NodeSecrets, RefuseWhatIsNotExactlySuchAFileAndQuoteNothingOfIt) {
  const std::string good = text_of(of_manager());
  const std::string key = hex_of('2');
  const std::vector<std::pair<std::string, std::string>> changes = {
      {"\"kraken-secrets\"", "\"kraken-node\""},
      {"\"version\": 2", "\"version\": \"2\""},
      {"\"version\": 2", "\"version\": 2.0"},
      {"\"version\": 2", "\"version\": 2, \"version\": 2"},
      {"\"format\": \"kraken-secrets\",", ""},
      {"\"join_key\"", "\"join_kee\""},
      {"\"join_key\"", "\"join_keys\": {}, \"join_key\""},
      {"\"join_keys\"", "\"extra\": 1, \"join_keys\""},
      {"\"join_keys\": {", "\"join_keys\": null, \"x\": {"},
      {"\"2\"", "\"02\""},
      {"\"2\"", "\"+2\""},
      {"\"2\"", "\"\""},
      {"\"2\"", "\"65536\""},
      {"\"2\"", "\"0\""},
      {"\"2\"", "2"},
      {key, key.substr(2)},
      {key, key + "32"},
      {key, "AB" + key.substr(2)},
      {key, "zz" + key.substr(2)},
      {key, "\\u0033" + key.substr(6)},
      {"\"" + key + "\"", "null"},
      {"\"" + key + "\"", "7"},
      {key, hex_of('w')},  // node 2 would be the workstation
      {key, hex_of('m')},
      {"\"bootstrap_token\"", "\"boot_token\""},
      {"\"bootstrap_tokens\": {}", "\"bootstrap_tokens\": null"},
      {",\n  \"bootstrap_tokens\": {}", ""},
      {"\"\n  }", "\",\n  }"},
      {"\"\n  }", "\"\n  ]"},
  };
  for (const auto& [from, to] : changes) {
    const auto parsed = parse_node_secrets(replaced(good, from, to));
    ASSERT_FALSE(parsed.ok()) << to;
    EXPECT_EQ(parsed.error().code(), ErrorCode::kCorrupt) << to;
    EXPECT_EQ(parsed.error().what().find("32323232"), std::string::npos) << parsed.error().what();
  }
}

TEST(NodeSecrets, OfAKubeadmManagerHaveEveryNodesToken) {
  const std::string text = text_of(of_kubeadm_manager());
  EXPECT_NE(text.find("  },\n  \"bootstrap_token\": \"k00001.0123456789abcdef\",\n  \"bootstrap_tokens\": {\n"
                      "    \"2\": \"k00002.ghijklmnopqrstuv\",\n    \"65535\": \"k65535.wxyz0123456789ab\"\n  }\n}\n"),
            std::string::npos)
      << text;
  const auto parsed = parse_node_secrets(text);
  ASSERT_TRUE(parsed.ok()) << parsed.error().what();
  ASSERT_TRUE(parsed->bootstrap_token.has_value());
  EXPECT_EQ(as_text(parsed->bootstrap_token->view()), "k00001.0123456789abcdef");
  EXPECT_EQ(as_text(parsed->bootstrap_tokens.at(2).view()), "k00002.ghijklmnopqrstuv");
  EXPECT_EQ(text_of(*parsed), text);
}

TEST(NodeSecrets, RefuseTokensThatKubeadmWouldAndQuoteNothingOfThem) {
  const std::string good = text_of(of_kubeadm_manager());
  const std::string secret = "ghijklmnopqrstuv";
  for (const char* bad :
       {"k00002.ghijklmnopqrstu", "k00002.ghijklmnopqrstuvw", "k00002.Ghijklmnopqrstuv", "k0002.ghijklmnopqrstuvv",
        "k00002ghijklmnopqrstuvvv", "k00002:ghijklmnopqrstuv", "k0000_.ghijklmnopqrstuv", "k00002.ghijklmnopqrst-v",
        "k00001.ghijklmnopqrstuv", "k65535.ghijklmnopqrstuv", ""}) {
    const auto parsed = parse_node_secrets(replaced(good, "k00002." + secret, bad));
    ASSERT_FALSE(parsed.ok()) << bad;
    EXPECT_EQ(parsed.error().code(), ErrorCode::kCorrupt);
    EXPECT_EQ(parsed.error().what().find("ghijk"), std::string::npos) << parsed.error().what();
  }
  NodeSecrets secrets = of_kubeadm_manager();
  secrets.bootstrap_tokens.emplace(3, token_of("k00003.short"));
  EXPECT_FALSE(check_node_secrets(secrets).ok());
  secrets = of_kubeadm_manager();
  secrets.bootstrap_tokens.emplace(65536, token_of("k00003.0123456789abcdef"));
  EXPECT_FALSE(check_node_secrets(secrets).ok());
  secrets = of_kubeadm_manager();
  secrets.bootstrap_token = token_of("k00002.0123456789abcdef");
  EXPECT_FALSE(check_node_secrets(secrets).ok());
}

TEST(NodeSecrets, SayInWhichLineSomethingIsWrong) {
  const auto parsed = parse_node_secrets(replaced(text_of(of_manager()), "\"2\"", "\"two\""));
  ASSERT_FALSE(parsed.ok());
  EXPECT_EQ(parsed.error().what(), "secrets: line 7: expected a node's id from 0 to 65535");
}

TEST(NodeSecrets, RefuseEveryTruncation) {
  const std::string good = text_of(of_kubeadm_manager());
  const std::size_t last = good.rfind('}');
  for (std::size_t size = 0; size <= last; ++size) EXPECT_FALSE(parse_node_secrets(good.substr(0, size)).ok()) << size;
}

TEST(NodeSecrets, OfAWrongSizeAreRefusedBeforeTheyAreWritten) {
  NodeSecrets secrets = of_manager();
  secrets.join_key = SecretBytes(kJoinKeySize - 1);
  EXPECT_FALSE(check_node_secrets(secrets).ok());
  secrets = of_manager();
  secrets.join_keys.emplace(3, SecretBytes(kJoinKeySize + 1));
  EXPECT_FALSE(check_node_secrets(secrets).ok());
  secrets = of_manager();
  secrets.join_keys.emplace(65536, key_of('x'));
  EXPECT_FALSE(check_node_secrets(secrets).ok());
}

TEST(JoinIdentity, NamesANodeOfOneCluster) {
  EXPECT_EQ(join_identity("kraken", 3), "kraken/kraken/3");
  for (const std::uint32_t id : {0U, 3U, 65535U}) {
    EXPECT_EQ(node_of_join_identity("kraken", join_identity("kraken", id)), id);
  }
  for (const char* other : {"kraken/kraken2/3", "kraken/kraken/", "kraken/kraken/03", "kraken/kraken/65536",
                            "kraken/kraken/3/4", "kraken/kraken/-1", "kraken/3", "", "Kraken/kraken/3"}) {
    EXPECT_FALSE(node_of_join_identity("kraken", other).has_value()) << other;
  }
}

}  // namespace
}  // namespace kraken
