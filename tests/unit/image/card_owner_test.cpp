#include "image/card_owner.h"

#include <gtest/gtest.h>

#include <array>

#include "cluster/ssh_host_keys.h"
#include "support/ext4_image.h"
#include "support/node_records.h"
#include "support/partitioned_disk.h"

namespace kraken {
namespace {

using test::kPiLayout;
using test::write_text;

constexpr Bytes kRootStart = 9 * kMiB;  // kPiLayout's second partition
constexpr Bytes kRootSize = 16 * kMiB;

ClusterSecrets secrets_of(std::byte fill) {
  const std::array<std::byte, kClusterSecretSize> bytes = [&] {
    std::array<std::byte, kClusterSecretSize> all{};
    all.fill(fill);
    return all;
  }();
  auto secrets = ClusterSecrets::from_bytes(SecretBytes(bytes));
  EXPECT_TRUE(secrets.ok());
  return std::move(*secrets);
}

SshHostKey key_of_node_3(const ClusterSecrets& secrets) {
  auto key = derive_ssh_host_key(secrets, {"kraken", 3, "kraken-3"});
  EXPECT_TRUE(key.ok());
  return std::move(*key);
}

class CardOwnerTest : public test::PartitionTableTest {
 protected:
  // A card as burn leaves it, as far as its owner matters.
  void write_node(const NodeRecord& record, const std::string& key_file) {
    std::filesystem::create_directories(content_ / "etc/kraken");
    std::filesystem::create_directories(content_ / "etc/ssh");
    write_text(content_ / "etc/kraken/node.json", format_node_record(record));
    write_text(content_ / "etc/ssh/ssh_host_ed25519_key.pub", key_file);
  }

  MemoryStore card(const std::string& debugfs = "", const std::string& options = "-t ext4") {
    std::filesystem::create_directories(content_);  // with nothing in it for a card of nobody's
    const test::Ext4Image root(options, kRootSize, content_);
    if (!debugfs.empty()) root.debugfs_write(debugfs);
    MemoryStore disk = load(make(kPiLayout));
    const std::string bytes = root.bytes();
    EXPECT_TRUE(disk.write(kRootStart, as_bytes(bytes)).ok());
    return disk;
  }

  void put_node_3() { write_node(test::sample_record(), key_of_node_3(secrets_).public_file()); }

  const ClusterSecrets secrets_ = secrets_of(std::byte{7});
  const std::filesystem::path content_ = folder_ / "content";
};

TEST_F(CardOwnerTest, KnowsItsOwnNode) {
  put_node_3();
  const MemoryStore disk = card();
  const auto node = find_card_node(disk, disk);
  ASSERT_TRUE(node.ok()) << node.error().what();
  EXPECT_EQ(node->cluster, "kraken");
  EXPECT_EQ(node->id, 3U);
  EXPECT_EQ(node->name, "kraken-3");
  EXPECT_TRUE(check_owner(*node, "kraken", secrets_).ok());
}

// A card that was pulled out of a running node.
TEST_F(CardOwnerTest, LooksPastAJournalThatWasNotReplayed) {
  put_node_3();
  for (const char* command : {"feature needs_recovery", "ssv state 0", "ssv last_orphan 12"}) {
    const MemoryStore disk = card(command);
    const auto node = find_card_node(disk, disk);
    ASSERT_TRUE(node.ok()) << command << ": " << node.error().what();
    EXPECT_TRUE(check_owner(*node, "kraken", secrets_).ok());
  }
}

TEST_F(CardOwnerTest, RefusesAnotherClusterAndOneOfTheSameName) {
  put_node_3();
  const MemoryStore disk = card();
  const auto node = find_card_node(disk, disk);
  ASSERT_TRUE(node.ok());
  const Status other = check_owner(*node, "octopus", secrets_);
  ASSERT_FALSE(other.ok());
  EXPECT_EQ(other.error().code(), ErrorCode::kTargetRefused);
  EXPECT_NE(other.error().what().find("of the cluster kraken"), std::string::npos) << other.error().what();
  const Status same_name = check_owner(*node, "kraken", secrets_of(std::byte{8}));
  ASSERT_FALSE(same_name.ok());
  EXPECT_EQ(same_name.error().code(), ErrorCode::kTargetRefused);
  EXPECT_NE(same_name.error().what().find("other secrets"), std::string::npos) << same_name.error().what();
}

// Another node's key does not make a node of it.
TEST_F(CardOwnerTest, WantsTheKeyOfJustThatNode) {
  NodeRecord record = test::sample_record();
  record.node.id = 2;
  write_node(record, key_of_node_3(secrets_).public_file());
  const MemoryStore disk = card();
  const auto node = find_card_node(disk, disk);
  ASSERT_TRUE(node.ok());
  EXPECT_FALSE(check_owner(*node, "kraken", secrets_).ok());
}

TEST_F(CardOwnerTest, FindsNothingOnBlankAndForeignCards) {
  const MemoryStore blank(test::kDisk);
  const MemoryStore image = card();  // an ext4 file system, and no node in it
  EXPECT_EQ(find_card_node(blank, image).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(find_card_node(image, image).error().code(), ErrorCode::kNotFound);
}

TEST_F(CardOwnerTest, CallsARecordThatIsNoneDamaged) {
  write_node(test::sample_record(), "ssh-ed25519 AAAA");
  for (const char* text : {"", "{", "{\"format\": \"kraken-node\"}", "[1]",
                           "{\"format\": \"kraken-node\", \"cluster\": {\"name\": \"\\u001b[2J\"}, "
                           "\"node\": {\"id\": 3, \"name\": \"a\"}}",
                           "{\"format\": \"kraken-node\", \"cluster\": {\"name\": \"a\"}, "
                           "\"node\": {\"id\": 0, \"name\": \"a\"}}"}) {
    write_text(content_ / "etc/kraken/node.json", text);
    const MemoryStore disk = card();
    EXPECT_EQ(find_card_node(disk, disk).error().code(), ErrorCode::kCorrupt) << text;
  }
}

// The rest of the record may be of any version.
TEST_F(CardOwnerTest, KnowsNodesOfOtherVersions) {
  put_node_3();
  write_text(content_ / "etc/kraken/node.json",
             "{\"format\": \"kraken-node\", \"version\": 7, \"new\": [], \"cluster\": {\"name\": \"kraken\", "
             "\"new\": 1}, \"node\": {\"id\": 3, \"name\": \"kraken-3\"}}");
  const MemoryStore disk = card();
  const auto node = find_card_node(disk, disk);
  ASSERT_TRUE(node.ok()) << node.error().what();
  EXPECT_TRUE(check_owner(*node, "kraken", secrets_).ok());
}

TEST_F(CardOwnerTest, ReadsAHeadlessCardWhereTheImageHasItsPartitions) {
  put_node_3();
  const MemoryStore image = card();
  MemoryStore cleared = image;
  ASSERT_TRUE(cleared.write(0, std::vector<std::byte>(kMiB)).ok());
  const auto node = find_card_node(cleared, image);
  ASSERT_TRUE(node.ok()) << node.error().what();
  EXPECT_EQ(node->id, 3U);
}

// Half updated: whatever lies behind the head.
TEST_F(CardOwnerTest, BelievesTheMarkOnlyWithoutATable) {
  put_node_3();
  const MemoryStore image = card();
  const CardNode marked{"kraken", 5, "kraken-5", key_of_node_3(secrets_).public_key};
  MemoryStore half(test::kDisk);
  ASSERT_TRUE(half.write(kUpdateMarkPlace, format_update_mark(marked)).ok());
  const auto node = find_card_node(half, image);
  ASSERT_TRUE(node.ok()) << node.error().what();
  EXPECT_EQ(node->id, 5U);
  EXPECT_EQ(node->host_key, marked.host_key);
  MemoryStore whole = image;
  ASSERT_TRUE(whole.write(kUpdateMarkPlace, format_update_mark(marked)).ok());
  EXPECT_EQ(find_card_node(whole, image)->id, 3U);
}

}  // namespace
}  // namespace kraken
