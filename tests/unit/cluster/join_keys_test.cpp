#include "cluster/join_keys.h"

#include <gtest/gtest.h>

#include <set>

#include "base/text.h"
#include "support/temp_folder.h"

namespace kraken {
namespace {

std::string hex(const SecretBytes& key) {
  return to_hex(key.view());
}

NodeConfig node(std::uint32_t id, Role role) {
  NodeConfig node;
  node.id.value = id;
  node.profile.role.value = role;
  return node;
}

struct JoinKeys : testing::Test {
  std::string secret = std::string(kClusterSecretSize, 's');
  ClusterSecrets secrets = ClusterSecrets::from_bytes(SecretBytes(as_bytes(secret))).value();
  ClusterConfig cluster;

  JoinKeys() {
    cluster.name.value = "kraken";
    cluster.nodes = {node(1, Role::kManager), node(2, Role::kWorker), node(3, Role::kWorker), node(7, Role::kManager)};
  }
};

TEST_F(JoinKeys, AreTheDocumentedHkdf) {
  const auto key = derive_join_key(secrets, "kraken", 3);
  ASSERT_TRUE(key.ok());
  const test::Ran ran =
      test::run("openssl kdf -keylen 32 -kdfopt digest:SHA256 -kdfopt hexkey:" + to_hex(as_bytes(secret)) +
                " -kdfopt salt:kraken -kdfopt info:kraken/join-psk/3 HKDF | tr -d ':\\n' | tr A-F a-f");
  ASSERT_EQ(ran.status, 0) << ran.output;
  EXPECT_EQ(hex(*key), ran.output);
}

TEST_F(JoinKeys, OfAWorkerAreItsOwnAlone) {
  const auto made = derive_node_secrets(secrets, cluster, cluster.nodes[2]);
  ASSERT_TRUE(made.ok());
  EXPECT_TRUE(check_node_secrets(*made).ok());
  EXPECT_TRUE(made->join_keys.empty());
  EXPECT_EQ(hex(*made->join_key), hex(*derive_join_key(secrets, "kraken", 3)));
}

TEST_F(JoinKeys, OfEveryManagerAreThoseOfAllOthersAndTheWorkstation) {
  for (const NodeConfig& manager : {cluster.nodes[0], cluster.nodes[3]}) {
    const auto made = derive_node_secrets(secrets, cluster, manager);
    ASSERT_TRUE(made.ok());
    EXPECT_TRUE(check_node_secrets(*made).ok());
    std::set<std::uint32_t> expected = {0, 1, 2, 3, 7};
    expected.erase(manager.id.value);
    std::set<std::uint32_t> ids;
    for (const auto& [id, key] : made->join_keys) {
      ids.insert(id);
      EXPECT_EQ(hex(key), hex(*derive_join_key(secrets, "kraken", id)));
    }
    EXPECT_EQ(ids, expected);
    EXPECT_EQ(hex(*made->join_key), hex(*derive_join_key(secrets, "kraken", manager.id.value)));
  }
}

TEST_F(JoinKeys, AreOtherOnesInAnotherCluster) {
  EXPECT_NE(hex(*derive_join_key(secrets, "kraken", 3)), hex(*derive_join_key(secrets, "kraken2", 3)));
}

}  // namespace
}  // namespace kraken
