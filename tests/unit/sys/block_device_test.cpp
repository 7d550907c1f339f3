#include "sys/block_device.h"

#include <gtest/gtest.h>

#include "support/temp_folder.h"
#include "sys/files.h"

namespace kraken {
namespace {

namespace fs = std::filesystem;

// A made-up machine: sda has the running system, sdb is a card with a mounted partition, sdc an empty reader.
class BlockDeviceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    roots_.sys = folder_ / "sys";
    roots_.proc = folder_ / "proc";
    disk("sda", "8:0", 1000);
    partition("sda", "sda1", "8:1");
    partition("sda", "sda2", "8:2");
    partition("sda", "sda3", "8:3");
    fs::create_directories(devices() / "sda/sda3/holders/dm-0");
    disk("sdb", "8:16", 62333952);
    partition("sdb", "sdb1", "8:17");
    put(devices() / "sdb/removable", "1\n");
    put(devices() / "sdb/device/vendor", "Generic \n");
    put(devices() / "sdb/device/model", "STORAGE DEVICE  \n");
    disk("sdc", "8:32", 0);
    put(roots_.proc / "swaps", "Filename Type Size Used Priority\n/dev/sda2 partition 1000 0 -2\n");
    put(roots_.proc / "self/mountinfo",
        "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
        "30 22 0:25 /sub /srv rw shared:1 - btrfs /dev/sdb1 rw\n"
        "31 22 8:17 / /media/my\\040card rw,nosuid shared:2 master:1 - vfat /dev/sdb1 rw\n"
        "short line\n");
  }

  fs::path devices() const { return roots_.sys / "devices"; }

  static void put(const fs::path& path, const std::string& content) {
    fs::create_directories(path.parent_path());
    ASSERT_TRUE(write_file_atomically(path, content, 0644).ok());
  }

  void disk(const std::string& name, const std::string& number, Bytes sectors) {
    const fs::path at = devices() / name;
    put(at / "dev", number + "\n");
    put(at / "size", std::to_string(sectors) + "\n");
    put(at / "ro", "0\n");
    put(at / "queue/logical_block_size", "4096\n");
    fs::create_directories(at / "holders");
    link(at, "block");
    link(at, "class/block");
  }

  void partition(const std::string& disk_name, const std::string& name, const std::string& number) {
    const fs::path at = devices() / disk_name / name;
    put(at / "dev", number + "\n");
    put(at / "size", "100\n");
    put(at / "partition", "1\n");
    link(at, "class/block");
  }

  void loop(const std::string& name, std::size_t number, const std::string& backing) {
    disk(name, "7:" + std::to_string(number), 100);
    put(devices() / name / "loop/backing_file", backing + "\n");
  }

  void link(const fs::path& target, const std::string& where) {
    fs::create_directories(roots_.sys / where);
    fs::create_directory_symlink(target, roots_.sys / where / target.filename());
  }

  test::TempFolder folder_;
  SystemRoots roots_;
};

TEST_F(BlockDeviceTest, ReadsSizeModelAndSector) {
  const auto card = query_block_device_by_name("sdb", roots_);
  ASSERT_TRUE(card.ok()) << card.error().what();
  EXPECT_EQ(card->size, Bytes{62333952} * 512);
  EXPECT_EQ(card->logical_sector, 4096U);
  EXPECT_EQ(card->model, "Generic STORAGE DEVICE");
  EXPECT_EQ(card->number, (DeviceNumber{8, 16}));
  EXPECT_TRUE(card->is_removable);
  EXPECT_FALSE(card->is_partition);
  EXPECT_EQ(card->partitions, std::vector<std::string>{"sdb1"});
}

TEST_F(BlockDeviceTest, FindsWhoUsesIt) {
  const auto card = query_block_device_by_name("sdb", roots_);
  EXPECT_EQ(card->mount_points, (std::vector<std::string>{"/srv", "/media/my card"}));
  EXPECT_TRUE(card->swap.empty());
  const auto system = query_block_device_by_name("sda", roots_);
  EXPECT_EQ(system->mount_points, std::vector<std::string>{"/"});
  EXPECT_EQ(system->swap, std::vector<std::string>{"sda2"});
  EXPECT_EQ(system->holders, std::vector<std::string>{"dm-0"});
}

// The root file system in a logical volume in an encrypted partition.
TEST_F(BlockDeviceTest, FindsMountsOfWhatIsMadeOfIt) {
  disk("dm-0", "254:0", 50);
  fs::create_directories(devices() / "dm-0/holders/dm-1");
  disk("dm-1", "254:1", 40);
  put(roots_.proc / "self/mountinfo", "22 1 254:1 / / rw - ext4 /dev/mapper/root rw\n");
  EXPECT_EQ(query_block_device_by_name("sda", roots_)->mount_points, std::vector<std::string>{"/"});
  EXPECT_TRUE(query_block_device_by_name("sdb", roots_)->mount_points.empty());
}

// A loop device is no holder to the kernel. One over a card, one over its partition, one over that, and one elsewhere.
TEST_F(BlockDeviceTest, FindsLoopDevicesOverIt) {
  disk("sde", "8:64", 1000);
  partition("sde", "sde1", "8:65");
  const std::vector<std::string> backing{"/dev/sde", "/dev/sde1", "/dev/loop1", "/dev/sdb"};
  for (std::size_t i = 0; i < backing.size(); ++i) {
    loop("loop" + std::to_string(i), i, backing[i]);
  }
  put(roots_.proc / "self/mountinfo", "22 1 7:2 / /mnt rw - ext4 /dev/loop2 rw\n");
  const auto card = query_block_device_by_name("sde", roots_);
  EXPECT_EQ(card->holders, (std::vector<std::string>{"loop0", "loop1"}));
  EXPECT_EQ(card->mount_points, std::vector<std::string>{"/mnt"});
  EXPECT_TRUE(query_block_device_by_name("loop2", roots_)->holders.empty());
}

TEST_F(BlockDeviceTest, TellsWhatALoopDeviceShows) {
  put(folder_ / "file", "x");
  put(folder_ / "old (deleted)", "x");
  const std::string file = (folder_ / "file").string();
  const std::vector<std::pair<std::string, BackingKind>> backing{
      {"/dev/sdb1", BackingKind::kDevice},
      {"/dev/sdz1", BackingKind::kFile},
      {file, BackingKind::kFile},
      {(folder_ / "old (deleted)").string(), BackingKind::kFile},
      {file + " (deleted)", BackingKind::kDeleted}};
  for (std::size_t i = 0; i < backing.size(); ++i) {
    loop("loop" + std::to_string(i), i, backing[i].first);
    const auto shown = query_block_device_by_name("loop" + std::to_string(i), roots_);
    EXPECT_EQ(shown->backing, backing[i].first);
    EXPECT_EQ(shown->backing_kind, backing[i].second) << backing[i].first;
  }
  EXPECT_EQ(query_block_device_by_name("sdb", roots_)->backing_kind, BackingKind::kNone);
}

// Two loop devices over one file, by two of its names. What uses one of them would be lost with the other.
TEST_F(BlockDeviceTest, FindsWhoUsesALoopDevicesFileThroughAnotherOne) {
  put(folder_ / "file", "x");
  put(folder_ / "other", "x");
  fs::create_hard_link(folder_ / "file", folder_ / "again");
  loop("loop0", 0, (folder_ / "file").string());
  loop("loop1", 1, (folder_ / "again").string());
  loop("loop2", 2, (folder_ / "other").string());
  EXPECT_TRUE(query_block_device_by_name("loop0", roots_)->mount_points.empty());
  partition("loop1", "loop1p1", "259:1");
  fs::create_directories(devices() / "loop1/loop1p1/holders/dm-7");
  put(roots_.proc / "self/mountinfo", "22 1 259:1 / /mnt rw - ext4 /dev/loop1p1 rw\n");
  const auto first = query_block_device_by_name("loop0", roots_);
  EXPECT_EQ(first->mount_points, std::vector<std::string>{"/mnt"});
  EXPECT_EQ(first->holders, std::vector<std::string>{"dm-7"});
  EXPECT_TRUE(first->partitions.empty());
  const auto other = query_block_device_by_name("loop2", roots_);
  EXPECT_TRUE(other->mount_points.empty());
  EXPECT_TRUE(other->holders.empty());
}

TEST_F(BlockDeviceTest, TellsBusSerialAndMedium) {
  put(devices() / "sdb/diskseq", "17\n");
  EXPECT_EQ(query_block_device_by_name("sdb", roots_)->sequence, 17U);
  EXPECT_EQ(query_block_device_by_name("sdb", roots_)->bus, "");
  disk("mmcblk0", "179:0", 1000);
  put(devices() / "mmcblk0/device/type", "SD\n");
  put(devices() / "mmcblk0/device/cid", "1b534d303030303010\n");
  put(devices() / "mmcblk0/device/name", "00000\n");
  const auto card = query_block_device_by_name("mmcblk0", roots_);
  EXPECT_EQ(card->bus, "mmc");
  EXPECT_EQ(card->serial, "1b534d303030303010");
  EXPECT_TRUE(card->is_removable);
  put(devices() / "mmcblk0/device/type", "MMC\n");
  EXPECT_FALSE(query_block_device_by_name("mmcblk0", roots_)->is_removable) << "soldered on";

  const fs::path port = devices() / "pci0000:00/usb2/2-1";
  put(port / "idVendor", "05e3\n");
  put(port / "serial", "000000000819\n");
  const std::string reader = "pci0000:00/usb2/2-1/2-1:1.0/host4/sdd";
  disk(reader, "8:48", 1000);
  EXPECT_EQ(query_block_device_by_name("sdd", roots_)->bus, "usb");
  EXPECT_FALSE(query_block_device_by_name("sdd", roots_)->is_removable);
  put(devices() / reader / "removable", "1\n");
  EXPECT_TRUE(query_block_device_by_name("sdd", roots_)->is_removable);
  EXPECT_EQ(query_block_device_by_name("sdd", roots_)->serial, "000000000819");
}

// As at SATA ports for hot-plugging.
TEST_F(BlockDeviceTest, TakesNoDiskOfTheMachineForRemovable) {
  const std::vector<std::pair<std::string, std::string>> disks{{"pci0000:00/ata1/host0/sdf", "ata"},
                                                               {"pci0000:00/nvme/nvme0/nvme0n1", "nvme"},
                                                               {"pci0000:00/virtio2/vda", "virtio"},
                                                               {"pci0000:00/host7/sdg", "scsi"}};
  for (std::size_t i = 0; i < disks.size(); ++i) {
    disk(disks[i].first, "8:" + std::to_string(80 + 16 * i), 1000);
    put(devices() / disks[i].first / "removable", "1\n");
    const auto found = query_block_device_by_name(fs::path(disks[i].first).filename(), roots_);
    EXPECT_EQ(found->bus, disks[i].second);
    EXPECT_FALSE(found->is_removable) << disks[i].first;
  }
}

TEST_F(BlockDeviceTest, KnowsAPartitionFromItsDisk) {
  const auto part = query_block_device_by_name("sdb1", roots_);
  ASSERT_TRUE(part.ok()) << part.error().what();
  EXPECT_TRUE(part->is_partition);
  EXPECT_EQ(part->parent, "sdb");
}

TEST_F(BlockDeviceTest, TakesReadOnlyFromTheSwitch) {
  put(devices() / "sdb/ro", "1\n");
  EXPECT_TRUE(query_block_device_by_name("sdb", roots_)->is_read_only);
  EXPECT_TRUE(query_block_device_by_name("sdb1", roots_)->is_read_only);
}

TEST_F(BlockDeviceTest, ListsWhatHasAMediumOrMayGetOne) {
  loop("loop0", 0, "");
  put(devices() / "loop0/size", "0\n");
  auto list = list_block_devices(roots_);
  ASSERT_EQ(list->size(), 2U);
  EXPECT_EQ((*list)[0].kernel_name, "sda");
  EXPECT_EQ((*list)[1].kernel_name, "sdb");
  put(devices() / "sdc/removable", "1\n");
  list = list_block_devices(roots_);
  ASSERT_EQ(list->size(), 3U);
  EXPECT_EQ((*list)[2].kernel_name, "sdc");
}

TEST_F(BlockDeviceTest, RefusesWhatIsNoDevice) {
  EXPECT_EQ(query_block_device(folder_.path(), roots_).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(query_block_device(folder_ / "none", roots_).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(query_block_device_by_name("sdz", roots_).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(query_block_device_by_name("../devices/sda", roots_).error().code(), ErrorCode::kInvalidArgument);
  put(devices() / "sdb/size", "18446744073709551615\n");
  EXPECT_FALSE(query_block_device_by_name("sdb", roots_).ok());
}

}  // namespace
}  // namespace kraken
