#include "facts/facts.h"

#include <gtest/gtest.h>

#include "facts/mounts.h"
#include "support/fake_node.h"

namespace kraken {
namespace {

using test::FakeNode;

Facts facts_of(const FakeNode& node) {
  const test::FakeSystem system = node.system();
  return gather_facts(node.root(), "/boot/firmware", system);
}

TEST(Facts, ReadARaspberryPi3B) {
  const FakeNode node;
  const Facts facts = facts_of(node);
  EXPECT_EQ(facts.model, "Raspberry Pi 3 Model B Rev 1.2");  // without the device tree's NUL
  EXPECT_EQ(facts.kernel, "6.6.51+rpt-rpi-v8");
  EXPECT_EQ(facts.kernel_host_name, "raspberrypi");
  EXPECT_DOUBLE_EQ(facts.uptime_seconds, 12.34);
  EXPECT_EQ(facts.clock, test::kClockWithoutChip);
  EXPECT_EQ(facts.timesync_stamp, 1600000000);
  EXPECT_EQ(facts.hostname_file.content, "raspberrypi\n");
  EXPECT_EQ(facts.root.fs_type, "ext4");
  EXPECT_EQ(facts.root.device, "mmcblk0p2");
  EXPECT_EQ(facts.root.partition_size, FakeNode::kPartition);
  ASSERT_TRUE(facts.root.ext4) << facts.root.problem;
  EXPECT_EQ(facts.root.ext4->size(), 16 * kMiB);
  EXPECT_TRUE(facts.boot.mounted);
  EXPECT_FALSE(facts.boot.read_only);
}

TEST(Facts, SurviveAnEmptyTree) {
  const test::TempFolder folder;
  const test::FakeSystem system(folder.path(), 0);
  const Facts facts = gather_facts(folder.path(), "/boot", system);
  EXPECT_EQ(facts.model, "");
  EXPECT_FALSE(facts.boot.mounted);
  EXPECT_EQ(facts.hostname_file.state, TextFile::State::kAbsent);
  EXPECT_FALSE(facts.root.ext4);
  EXPECT_NE(facts.root.problem, "");
}

TEST(Facts, SayWhatIsWrongWithAHostileDevice) {
  const FakeNode node;
  for (const std::string& device : {std::string(), std::string(1000, 'x'), std::string(4096, '\0')}) {
    node.put("/dev/mmcblk0p2", device);
    const Facts facts = facts_of(node);
    EXPECT_FALSE(facts.root.ext4);
    EXPECT_NE(facts.root.problem.find("mmcblk0p2"), std::string::npos) << facts.root.problem;
  }
  node.put("/sys/dev/block/179:2/size", "36893488147419103232\n");
  EXPECT_NE(facts_of(node).root.problem.find("not a size"), std::string::npos);
  node.put("/sys/dev/block/179:2/size", "18446744073709551615\n");  // over 64 bits in bytes
  EXPECT_NE(facts_of(node).root.problem.find("not a size"), std::string::npos);
  std::filesystem::remove_all(node.path("/sys"));
  EXPECT_NE(facts_of(node).root.problem.find("no block device 179:2"), std::string::npos);
}

TEST(Facts, KeepControlCharactersOutOfNames) {
  const FakeNode node;
  node.put("/proc/device-tree/model", "Rasp\x1b[31mberry\n\x7f Pi");
  EXPECT_EQ(facts_of(node).model, "Rasp[31mberry Pi");
}

TEST(Mounts, LastMountOfAFolderCounts) {
  const auto mounts = parse_mountinfo(
      "1 0 0:2 / / rw - rootfs rootfs rw\n"
      "24 1 179:2 / / rw,noatime shared:1 master:2 - ext4 /dev/root rw\n"
      "25 24 0:30 / /boot/firmware rw - autofs systemd-1 rw,fd=1\n"
      "31 24 179:1 / /boot/firmware rw,relatime - vfat /dev/mmcblk0p1 ro,fmask=0022\n"
      "32 24 8:1 / /media/my\\040stick rw - ext4 /dev/sda1 rw\n"
      "torn line\n33 24 8:1 / /x rw - ext4\n");
  ASSERT_EQ(mounts.size(), 5U);
  EXPECT_EQ(find_mount(mounts, "/")->fs_type, "ext4");
  EXPECT_EQ(find_mount(mounts, "/")->device, "179:2");
  EXPECT_EQ(find_mount(mounts, "/boot/firmware")->fs_type, "vfat");
  EXPECT_TRUE(find_mount(mounts, "/boot/firmware")->read_only);
  EXPECT_NE(find_mount(mounts, "/media/my stick"), nullptr);
  EXPECT_EQ(find_mount(mounts, "/boot"), nullptr);
}

}  // namespace
}  // namespace kraken
