#include <gtest/gtest.h>

#include "image/os_mechanism.h"
#include "support/os_images.h"

namespace kraken {
namespace {

using test::OsImage;

OsFacts facts_of(OsImage& image) {
  ImageTree tree = image.tree();
  auto facts = inspect_os(tree, image.table);
  EXPECT_TRUE(facts.ok()) << (facts.ok() ? "" : facts.error().what());
  return facts.ok() ? std::move(*facts) : OsFacts();
}

void expect_refused(OsImage& image, std::string_view word) {
  ImageTree tree = image.tree();
  const auto facts = inspect_os(tree, image.table);
  ASSERT_FALSE(facts.ok()) << "not refused: " << word;
  EXPECT_EQ(facts.error().code(), ErrorCode::kBaseImage) << facts.error().what();
  EXPECT_NE(facts.error().what().find(word), std::string::npos) << facts.error().what();
}

TEST(OsRefusals, RefusesWhatIsNoSuchImage) {
  OsImage no_table = test::debian_bookworm();
  no_table.table = {};
  expect_refused(no_table, "no partition table");
  OsImage no_fstab = test::debian_bookworm();
  ASSERT_TRUE(no_fstab.root->remove("/etc/fstab").ok());
  expect_refused(no_fstab, "no /etc/fstab");
  OsImage no_boot = test::debian_bookworm();
  no_boot.root->put_file("/etc/fstab", "PARTUUID=0f1ee700-02 / ext4 defaults 0 1\n");
  expect_refused(no_boot, "no FAT");
  OsImage no_root = test::debian_bookworm();
  no_root.root->put_file("/etc/fstab", "PARTUUID=0f1ee700-01 /boot/firmware vfat defaults 0 1\n");
  expect_refused(no_root, "no line for /");
  for (const std::string file : {"/etc/passwd", "/etc/shadow", "/etc/group", "/etc/os-release"}) {
    OsImage image = test::debian_bookworm();
    ASSERT_TRUE(image.root->remove(file).ok());
    expect_refused(image, file);
  }
  OsImage no_systemd = test::debian_bookworm();
  no_systemd.root->put_file("/usr/bin/sh", test::elf_header(183, 2, 0));
  ASSERT_TRUE(no_systemd.root->remove("/usr/lib/systemd/systemd").ok());
  expect_refused(no_systemd, "no systemd");
  OsImage no_cmdline = test::debian_bookworm();
  ASSERT_TRUE(no_cmdline.boot->remove("/cmdline.txt").ok());
  expect_refused(no_cmdline, "/boot/firmware/cmdline.txt");
  no_cmdline.boot->put_file("/cmdline.txt", "\nroot=PARTUUID=0f1ee700-02\n");
  expect_refused(no_cmdline, "first line");
}

TEST(OsRefusals, RefusesSystemsItDoesNotKnow) {
  OsImage fedora = test::debian_bookworm();
  fedora.root->put_file("/etc/os-release", "ID=fedora\nPRETTY_NAME='Fedora \\Linux'\n");
  expect_refused(fedora, "Fedora \\Linux");
  OsImage armbian = test::debian_bookworm();
  armbian.root->put_file("/etc/armbian-release", "x");
  expect_refused(armbian, "Armbian");
  OsImage dietpi = test::debian_bookworm();
  dietpi.boot->put_file("/dietpi.txt", "x");
  dietpi.root->put_file("/boot/dietpi.txt", "x");
  expect_refused(dietpi, "DietPi");
}

TEST(OsRefusals, FindsTheArchitectureInThePrograms) {
  const auto with = [](unsigned machine, unsigned elf_class, unsigned flags) {
    OsImage image = test::debian_bookworm();
    image.root->put_file("/usr/lib/systemd/systemd", test::elf_header(machine, elf_class, flags));
    return image;
  };
  OsImage armhf = with(40, 1, 0x05000400);
  EXPECT_EQ(facts_of(armhf).architecture, "armhf");
  OsImage armel = with(40, 1, 0x05000200);
  expect_refused(armel, "armel");
  OsImage i386 = with(3, 1, 0);
  expect_refused(i386, "i386");
  OsImage amd64 = with(62, 2, 0);
  expect_refused(amd64, "amd64");
  OsImage odd = with(183, 1, 0);
  expect_refused(odd, "architecture is not known");
  OsImage other_end = test::debian_bookworm();
  std::string header = test::elf_header(183, 2, 0);
  header[5] = 2;
  other_end.root->put_file("/usr/lib/systemd/systemd", header);
  expect_refused(other_end, "architecture is not known");
  OsImage truncated = test::debian_bookworm();
  truncated.root->put_file("/usr/lib/systemd/systemd", test::elf_header(183, 2, 0).substr(0, 30));
  expect_refused(truncated, "architecture is not known");
  OsImage contradiction = with(183, 2, 0);
  contradiction.root->put_file("/var/lib/dpkg/arch", "armhf\n");
  EXPECT_EQ(facts_of(contradiction).warnings.size(), 1U);
}

TEST(OsRefusals, PartitionsMustAgree) {
  OsImage other_disk = test::debian_bookworm();
  other_disk.table.disk_id = 1;
  expect_refused(other_disk, "disk id 00000001");
  OsImage other_root = test::debian_bookworm();
  other_root.boot->put_file("/cmdline.txt", "root=/dev/mmcblk0p1\n");
  expect_refused(other_root, "which is partition 1");
  OsImage missing = test::debian_bookworm();
  missing.boot->put_file("/cmdline.txt", "root=/dev/mmcblk0p7\n");
  expect_refused(missing, "no partition 7");
  OsImage by_device = test::debian_bookworm();
  by_device.boot->put_file("/cmdline.txt", "root=/dev/mmcblk0p2\n");
  by_device.root->put_file("/etc/fstab", "/dev/sda2 / ext4\n/dev/mmcblk0p1 /boot/firmware vfat\n");
  EXPECT_EQ(facts_of(by_device).root_partition, 2);
  OsImage no_word = test::debian_bookworm();
  no_word.boot->put_file("/cmdline.txt", "quiet\n");
  EXPECT_EQ(facts_of(no_word).warnings.size(), 1U);
  OsImage two = test::ubuntu_server();
  two.table.partitions.push_back(
      {.number = 3, .start = 4 * kGiB, .size = kGiB, .mbr_type = 0x83, .gpt_type = "", .is_logical = false});
  expect_refused(two, "partitions 2 and 3");
  OsImage same = test::debian_bookworm();
  same.root->put_file("/etc/fstab", "/dev/sda2 / ext4\n/dev/sda2 /boot/firmware vfat\n");
  expect_refused(same, "both for /");
}

TEST(OsRefusals, OtherCommandLinesThanTheOneThatIsEdited) {
  const auto with = [](const std::string& config, const std::string& included) {
    OsImage image = test::debian_bookworm();
    image.boot->put_file("/config.txt", config);
    image.boot->put_file("/more.txt", included);
    return image;
  };
  for (const std::string setting :
       {"cmdline=other.txt", "os_prefix=current/", "upstream_kernel=1", "[pi4]\ncmdline=other.txt"}) {
    OsImage direct = with("arm_64bit=1\n" + setting + "\n", "");
    expect_refused(direct, "config.txt says");
    OsImage included = with("include more.txt\n", "include config.txt\n" + setting + "\n");
    expect_refused(included, "/boot/firmware/more.txt says");
  }
  OsImage usual = with(
      "cmdline=cmdline.txt\ncmdline=/cmdline.txt\nos_prefix=\nupstream_kernel=0\ninclude more.txt\ninclude gone.txt\n",
      "gpu_mem=16\n");
  EXPECT_EQ(facts_of(usual).root_partition, 2);
}

TEST(OsRefusals, PartitionsNamedByTheirIdInOtherSpellings) {
  OsImage by_link = test::debian_bookworm();
  by_link.boot->put_file("/cmdline.txt", "root=/dev/disk/by-partuuid/0f1ee700-02\n");
  by_link.root->put_file("/etc/fstab",
                         "/dev/disk/by-partuuid/0f1ee700-02 / ext4\nPARTUUID=0f1ee700-01 /boot/firmware vfat\n");
  by_link.table.partitions.push_back(
      {.number = 3, .start = 4 * kGiB, .size = kGiB, .mbr_type = 0x83, .gpt_type = "", .is_logical = false});
  EXPECT_EQ(facts_of(by_link).root_partition, 2);
  by_link.boot->put_file("/cmdline.txt", "\"root=/dev/disk/by-partuuid/0f1ee700-03\"\n");
  expect_refused(by_link, "which is partition 3");
  by_link.boot->put_file("/cmdline.txt", "root=PARTUUID=0f1ee700-02/PARTNROFF=1\n");
  expect_refused(by_link, "cmdline.txt, root=PARTUUID=0f1ee700-02/PARTNROFF=1: ");
  by_link.table.disk_id = 1;
  expect_refused(by_link, "disk id 00000001");
}

TEST(OsRefusals, HostileFilesAreRefused) {
  for (const std::string file : {"/etc/passwd", "/etc/fstab", "/etc/os-release", "/etc/shadow", "/etc/rpi-issue",
                                 "/etc/hostname", "/etc/hosts"}) {
    OsImage large = test::debian_bookworm();
    large.root->put_file(file, std::string(2 * kMiB, 'a'));
    expect_refused(large, file);
    OsImage binary = test::debian_bookworm();
    binary.root->put_file(file, std::string("a\0b", 3));
    expect_refused(binary, file);
    OsImage loop = test::debian_bookworm();
    loop.root->put_symlink(file, file);
    expect_refused(loop, "link");
    OsImage folder = test::debian_bookworm();
    if (folder.root->find(file) != nullptr) {
      ASSERT_TRUE(folder.root->remove(file).ok());
    }
    folder.root->put_folder(file);
    expect_refused(folder, file);
  }
  OsImage broken = test::debian_bookworm();
  broken.root->fail_on("/etc/systemd/system", Error(ErrorCode::kIo, "read"));
  expect_refused(broken, "read");
}

}  // namespace
}  // namespace kraken
