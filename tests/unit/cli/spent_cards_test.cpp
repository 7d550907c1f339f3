#include "cli/spent_cards.h"

#include "support/partitioned_disk.h"

namespace kraken {
namespace {

class SpentCardsTest : public test::PartitionTableTest {
 protected:
  static BlockDevice card(const std::string& path) {
    BlockDevice device;
    device.path = path;
    device.bus = "usb";
    device.serial = "of the reader";
    return device;
  }

  static void fill(MemoryStore& disk, Bytes offset, std::byte value) {
    const std::vector<std::byte> bytes(4 * kKiB, value);
    ASSERT_TRUE(disk.write(offset, bytes).ok());
  }

  SpentCards spent_;
};

TEST_F(SpentCardsTest, TheSameContentIsTheSameCard) {
  const std::string path = make(test::kPiLayout);
  ASSERT_TRUE(spent_.add("kraken-3", card(path), load(path)).ok());
  const Status checked = spent_.check(card(path));
  ASSERT_FALSE(checked.ok());
  EXPECT_EQ(checked.error().code(), ErrorCode::kTargetRefused);
  EXPECT_NE(checked.error().what().find("got kraken-3 just now"), std::string::npos) << checked.error().what();
}

TEST_F(SpentCardsTest, AnOlderCardOfTheSameNodeIsAnotherOne) {
  const std::string path = make(test::kPiLayout);
  MemoryStore image = load(path);
  fill(image, 18432 * kSectorSize, std::byte{7});  // as the root file system's superblock of another day
  ASSERT_TRUE(spent_.add("kraken-3", card(path), image).ok());
  EXPECT_TRUE(spent_.check(card(path)).ok());
  fill(image, 18432 * kSectorSize, std::byte{0});
  fill(image, 0, std::byte{1});
  EXPECT_TRUE(spent_.check(card(save(image))).ok());
}

TEST_F(SpentCardsTest, ACidDecidesWhereThereIsOne) {
  const std::string path = make(test::kPiLayout);
  BlockDevice first = card(path);
  first.bus = "mmc";
  first.serial = "cid-1";
  ASSERT_TRUE(spent_.add("kraken-3", first, load(path)).ok());
  EXPECT_FALSE(spent_.check(first).ok());
  BlockDevice second = first;
  second.serial = "cid-2";
  EXPECT_TRUE(spent_.check(second).ok());
  EXPECT_FALSE(spent_.check(card(path)).ok()) << "in another reader, which tells no CID";
}

TEST_F(SpentCardsTest, WhatCannotBeReadIsNone) {
  const std::string path = make(test::kPiLayout);
  ASSERT_TRUE(spent_.add("kraken-3", card(path), load(path)).ok());
  EXPECT_TRUE(spent_.check(card(path + ".gone")).ok());
  std::filesystem::resize_file(path, kMiB);
  EXPECT_TRUE(spent_.check(card(path)).ok());
}

}  // namespace
}  // namespace kraken
