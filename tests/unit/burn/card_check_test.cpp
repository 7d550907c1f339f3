#include "burn/card_check.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "burn/target.h"

namespace kraken {
namespace {

constexpr Bytes kGB = 1000 * 1000 * 1000;

BlockDevice card() {
  BlockDevice device;
  device.path = "/dev/sdb";
  device.kernel_name = "sdb";
  device.size = 32 * kGB;
  device.is_removable = true;
  device.bus = "usb";
  return device;
}

// In all combinations of what a user may say.
void expect_never(const BlockDevice& device, const std::string& words,
                  CardVerdict verdict = CardVerdict::kNotWriteable) {
  EXPECT_EQ(judge_card(device, {}).verdict, verdict) << words;
  for (const auto fixed : {FixedDisks::kRefused, FixedDisks::kAllowed}) {
    const auto checked = check_named_card(device, CardLimits{1000 * kGB}, fixed);
    ASSERT_FALSE(checked.ok()) << words;
    EXPECT_EQ(checked.error().code(), ErrorCode::kTargetRefused);
    EXPECT_TRUE(checked.error().what().starts_with("/dev/sdb: ")) << checked.error().what();
    EXPECT_NE(checked.error().what().find(words), std::string::npos) << checked.error().what();
    EXPECT_EQ(checked.error().sys_errno(), verdict == CardVerdict::kInUse ? EBUSY : 0);
  }
}

TEST(CardCheck, OffersARemovableDiskOfACardsSize) {
  EXPECT_EQ(judge_card(card(), {}).verdict, CardVerdict::kCard);
  EXPECT_EQ(judge_card(card(), {}).reason, "");
  EXPECT_TRUE(check_named_card(card(), {}, FixedDisks::kRefused).ok());
}

TEST(CardCheck, NeverTakesWhatIsInUse) {
  for (const char* point : {"/", "/usr", "/boot", "/boot/efi"}) {
    auto device = card();
    device.mount_points = {"/media/x", point};
    device.holders = {"dm-0"};
    expect_never(device, "the running system is on it");
  }
  auto device = card();
  device.mount_points = {"/media/card"};
  expect_never(device, "mounted at /media/card", CardVerdict::kInUse);
  device = card();
  device.swap = {"sdb2"};
  expect_never(device, "in use as swap (sdb2)", CardVerdict::kInUse);
  device = card();
  device.holders = {"md0"};
  expect_never(device, "in use by md0", CardVerdict::kInUse);
}

TEST(CardCheck, NeverTakesWhatIsNoWholeWriteableDisk) {
  auto device = card();
  device.is_partition = true;
  device.parent = "sdb";
  expect_never(device, "a partition of sdb");
  device = card();
  device.is_read_only = true;
  expect_never(device, "read-only");
  device = card();
  device.size = 0;
  device.is_removable = false;
  expect_never(device, "no medium");
  device = card();
  device.logical_sector = 4096;
  expect_never(device, "sectors of 4096 bytes");
  for (const char* name : {"dm-0", "md127", "zram0", "ram1", "sr0", "fd0", "mmcblk0boot0", "mmcblk0rpmb"}) {
    device = card();
    device.kernel_name = name;
    expect_never(device, "not a card");
  }
}

TEST(CardCheck, TakesFixedAndLargeDisksOnlyFromWhoInsists) {
  auto fixed = card();
  fixed.is_removable = false;
  auto large = card();
  large.size = 257 * kGB;
  for (const auto& device : {fixed, large}) {
    EXPECT_EQ(judge_card(device, {}).verdict, CardVerdict::kFixed);
    EXPECT_EQ(check_named_card(device, {}, FixedDisks::kRefused).error().code(), ErrorCode::kTargetRefused);
    EXPECT_TRUE(check_named_card(device, {}, FixedDisks::kAllowed).ok());
  }
  EXPECT_TRUE(check_named_card(large, CardLimits{300 * kGB}, FixedDisks::kRefused).ok());
  auto small = card();
  small.size = 256 * kGB;
  EXPECT_TRUE(check_named_card(small, {}, FixedDisks::kRefused).ok());
}

TEST(CardCheck, TakesAFileShownAsADiskOnlyByName) {
  for (const char* bus : {"loop", "nbd"}) {
    auto device = card();
    device.bus = bus;
    device.is_removable = false;
    EXPECT_EQ(judge_card(device, {}).verdict, CardVerdict::kNamed);
    EXPECT_TRUE(check_named_card(device, {}, FixedDisks::kRefused).ok());
  }
}

TEST(CardCheck, AReaderWithoutACardMayGetOne) {
  auto reader = card();
  reader.size = 0;
  expect_never(reader, "no medium", CardVerdict::kEmpty);
}

// Whatever is behind it, the running system's disk perhaps.
TEST(CardCheck, NeverTakesADeviceByAnotherName) {
  auto loop = card();
  loop.bus = "loop";
  loop.is_removable = false;
  loop.backing = "/dev/sda2";
  loop.backing_kind = BackingKind::kDevice;
  expect_never(loop, "another name for /dev/sda2");
  loop.backing = "/tmp/card (deleted)";
  loop.backing_kind = BackingKind::kDeleted;
  expect_never(loop, "a file that is gone");
  loop.backing = "/tmp/card";
  loop.backing_kind = BackingKind::kFile;
  EXPECT_TRUE(check_named_card(loop, {}, FixedDisks::kRefused).ok());
}

TEST(CardCheck, KnowsTwoCardsApart) {
  auto other = card();
  EXPECT_EQ(identity_of(card()), identity_of(other));
  other.sequence = 4;
  EXPECT_FALSE(identity_of(card()) == identity_of(other));
  other = card();
  other.serial = "1234";
  EXPECT_FALSE(identity_of(card()) == identity_of(other));
}

}  // namespace
}  // namespace kraken
