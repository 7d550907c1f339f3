#include "image/os_mechanism.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/text.h"
#include "image/os_cmdline.h"
#include "support/os_images.h"

namespace kraken {
namespace {

using How = OsEdit::How;
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

std::vector<std::string> subjects(const OsEdits& edits, How how) {
  std::vector<std::string> all;
  for (const OsEdit& edit : edits) {
    if (edit.how == how) all.push_back(edit.subject);
    EXPECT_FALSE(edit.why.empty()) << edit.subject;
  }
  std::sort(all.begin(), all.end());
  return all;
}

using Texts = std::vector<std::string>;

TEST(OsMechanism, Bullseye) {
  OsImage image = test::raspios_bullseye();
  const OsFacts facts = facts_of(image);
  EXPECT_EQ(facts.version_codename, "bullseye");
  EXPECT_EQ(facts.image_date, "2023-05-03");
  EXPECT_TRUE(facts.is_raspios);
  EXPECT_EQ(facts.architecture, "arm64");
  EXPECT_EQ(facts.boot_folder, "/boot");
  EXPECT_EQ(facts.boot_partition, 1);
  EXPECT_EQ(facts.root_partition, 2);
  EXPECT_EQ(facts.user, UserMechanism::kUserconf);
  ASSERT_TRUE(facts.first_user.has_value());
  EXPECT_EQ(facts.first_user->name, "pi");
  EXPECT_EQ(facts.first_user->home, "/home/pi");
  EXPECT_EQ(subjects(facts.wizards, How::kRemoveCmdlineWord), Texts{"init=/usr/lib/raspi-config/init_resize.sh"});
  EXPECT_EQ(subjects(facts.wizards, How::kRemovePath),
            (Texts{"/etc/rc3.d/S01resize2fs_once",
                   "/etc/systemd/system/multi-user.target.wants/regenerate_ssh_host_keys.service"}));
  EXPECT_EQ(subjects(facts.ssh, How::kMakeSymlink), Texts{"/etc/systemd/system/multi-user.target.wants/ssh.service"});
  EXPECT_EQ(facts.warnings, Texts{});
}

TEST(OsMechanism, Bookworm) {
  OsImage image = test::raspios_bookworm();
  const OsFacts facts = facts_of(image);
  EXPECT_EQ(facts.boot_folder, "/boot/firmware");
  EXPECT_EQ(facts.user, UserMechanism::kUserconf);
  EXPECT_EQ(subjects(facts.wizards, How::kRemoveCmdlineWord), Texts{"init=/usr/lib/raspberrypi-sys-mods/firstboot"});
  EXPECT_EQ(subjects(facts.wizards, How::kRemovePath).size(), 2U);
  EXPECT_EQ(facts.warnings, Texts{});
}

TEST(OsMechanism, TrixieWithoutCloudInit) {
  OsImage image = test::raspios_trixie();
  const OsFacts facts = facts_of(image);
  EXPECT_FALSE(facts.has_cloud_init);
  EXPECT_EQ(facts.user, UserMechanism::kUserconf);
  EXPECT_EQ(subjects(facts.wizards, How::kRemoveCmdlineWord), Texts{"resize"});
  EXPECT_EQ(subjects(facts.wizards, How::kRemovePath),
            Texts{"/etc/systemd/system/sysinit.target.wants/rpi-resize.service"});
  EXPECT_EQ(subjects(facts.wizards, How::kWriteFile), Texts{});
  EXPECT_EQ(facts.warnings, Texts{});
}

TEST(OsMechanism, TrixieWithCloudInit) {
  OsImage image = test::raspios_trixie_cloud_init();
  const OsFacts facts = facts_of(image);
  EXPECT_TRUE(facts.has_cloud_init);
  EXPECT_EQ(facts.image_date, "2025-11-24");
  EXPECT_EQ(facts.user, UserMechanism::kUserconf);
  EXPECT_EQ(subjects(facts.wizards, How::kWriteFile), Texts{"/etc/cloud/cloud-init.disabled"});
  EXPECT_EQ(facts.warnings, Texts{});
  image.root->put_file("/etc/cloud/cloud-init.disabled", "");
  EXPECT_EQ(subjects(facts_of(image).wizards, How::kWriteFile), Texts{});
}

TEST(OsMechanism, PlainDebian) {
  OsImage image = test::debian_bookworm();
  const OsFacts facts = facts_of(image);
  EXPECT_EQ(facts.pretty_name, "Debian GNU/Linux 12 (bookworm)");
  EXPECT_FALSE(facts.is_raspios);
  EXPECT_EQ(facts.user, UserMechanism::kDirect);
  EXPECT_FALSE(facts.first_user.has_value());
  EXPECT_TRUE(facts.has_systemd && facts.has_sshd && facts.has_sudo);
  EXPECT_EQ(facts.wizards, OsEdits{});
  EXPECT_EQ(facts.ssh, OsEdits{});
  EXPECT_EQ(facts.warnings, Texts{});
}

TEST(OsMechanism, UbuntuServer) {
  OsImage image = test::ubuntu_server();
  const OsFacts facts = facts_of(image);
  EXPECT_EQ(facts.id, "ubuntu");
  EXPECT_EQ(facts.boot_partition, 1);
  EXPECT_EQ(facts.root_partition, 2);
  EXPECT_EQ(facts.user, UserMechanism::kDirect);
  EXPECT_EQ(subjects(facts.wizards, How::kWriteFile), Texts{"/etc/cloud/cloud-init.disabled"});
  EXPECT_EQ(facts.ssh, OsEdits{}) << "ssh.socket starts it";
  ASSERT_EQ(facts.warnings.size(), 1U);
  EXPECT_NE(facts.warnings[0].find("network"), std::string::npos);
}

TEST(OsMechanism, UserconfOnlyWhereItWorks) {
  const auto dialogue_off = [](OsImage& image) {
    const OsFacts facts = facts_of(image);
    EXPECT_EQ(facts.user, UserMechanism::kDirect);
    const Texts gone = subjects(facts.wizards, How::kRemovePath);
    const Texts made = subjects(facts.wizards, How::kMakeSymlink);
    EXPECT_EQ(made, Texts{"/etc/systemd/system/getty.target.wants/getty@tty1.service"});
    return std::count(gone.begin(), gone.end(), "/etc/systemd/system/multi-user.target.wants/userconfig.service") ==
               1 &&
           std::count(gone.begin(), gone.end(), "/etc/ssh/sshd_config.d/rename_user.conf") == 1;
  };
  OsImage no_shell = test::raspios_trixie();
  no_shell.root->put_file("/etc/passwd", "root:x:0:0::/root:/bin/bash\npi:x:1000:1000::/home/pi:/usr/sbin/nologin\n");
  EXPECT_TRUE(dialogue_off(no_shell));
  OsImage no_user = test::raspios_trixie();
  no_user.root->put_file("/etc/passwd", "root:x:0:0::/root:/bin/bash\n");
  EXPECT_TRUE(dialogue_off(no_user));
  OsImage no_program = test::raspios_trixie();
  ASSERT_TRUE(no_program.root->remove("/usr/lib/userconf-pi/userconf-service").ok());
  EXPECT_TRUE(dialogue_off(no_program));
  // Without get_fw_loc the service looks in /boot, where this image has no userconf.txt.
  OsImage no_finder = test::raspios_bookworm();
  ASSERT_TRUE(no_finder.root->remove("/usr/lib/raspberrypi-sys-mods/get_fw_loc").ok());
  EXPECT_TRUE(dialogue_off(no_finder));
  OsImage old = test::raspios_bullseye();
  ASSERT_TRUE(old.root->remove("/usr/lib/raspberrypi-sys-mods/get_fw_loc").ok());
  EXPECT_EQ(facts_of(old).user, UserMechanism::kUserconf);
  // Not enabled: a user has been made in the image already.
  OsImage renamed = test::raspios_bookworm();
  ASSERT_TRUE(renamed.root->remove("/etc/systemd/system/multi-user.target.wants/userconfig.service").ok());
  EXPECT_EQ(facts_of(renamed).user, UserMechanism::kDirect);
}

TEST(OsMechanism, CanBeToldToUseTheAccountFiles) {
  OsImage image = test::raspios_bookworm();
  OsFacts facts = facts_of(image);
  ImageTree tree = image.tree();
  const std::size_t before = facts.wizards.size();
  ASSERT_TRUE(use_account_files(tree, facts).ok());
  EXPECT_EQ(facts.user, UserMechanism::kDirect);
  EXPECT_EQ(facts.wizards.size(), before + 3);
  ASSERT_TRUE(use_account_files(tree, facts).ok());
  EXPECT_EQ(facts.wizards.size(), before + 3);
}

TEST(OsMechanism, Userconf) {
  EXPECT_EQ(*userconf_text("kraken-1", "$6$a$b"), "kraken-1:$6$a$b\n");
  EXPECT_EQ(*userconf_text("kraken", std::nullopt), "kraken:*\n");
  for (const char* name : {"", "root", "1a", "a_b", "A", "a b", "abcdefghijabcdefghijabcdefghijabc"}) {
    EXPECT_FALSE(userconf_takes(name)) << name;
    EXPECT_FALSE(userconf_text(name, std::nullopt).ok()) << name;
  }
  for (const char* hash : {"", "a:b", "a\nb"}) EXPECT_FALSE(userconf_text("kraken", hash).ok()) << hash;
}

TEST(OsMechanism, EditsOfTheCommandLineCanBeApplied) {
  for (const auto& make : {test::raspios_bullseye, test::raspios_bookworm, test::raspios_trixie}) {
    OsImage image = make();
    CmdlineEdit edit;
    for (const OsEdit& each : facts_of(image).wizards) {
      if (each.how == How::kRemoveCmdlineWord) edit.remove.push_back(each.subject);
    }
    const auto line = edit_cmdline(image.boot->find("/cmdline.txt")->content, edit);
    ASSERT_TRUE(line.ok());
    EXPECT_EQ(line->find("init"), std::string::npos) << *line;
    EXPECT_EQ(line->find("resize"), std::string::npos) << *line;
  }
}

TEST(OsMechanism, RefusesWhatIsNoSuchImage) {
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
  no_systemd.root->put_file("/bin/sh", test::elf_header(183, 2, 0));
  ASSERT_TRUE(no_systemd.root->remove("/usr/lib/systemd/systemd").ok());
  expect_refused(no_systemd, "no systemd");
  OsImage no_cmdline = test::debian_bookworm();
  ASSERT_TRUE(no_cmdline.boot->remove("/cmdline.txt").ok());
  expect_refused(no_cmdline, "/boot/firmware/cmdline.txt");
  no_cmdline.boot->put_file("/cmdline.txt", "\nroot=PARTUUID=0f1ee700-02\n");
  expect_refused(no_cmdline, "first line");
}

TEST(OsMechanism, RefusesSystemsItDoesNotKnow) {
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

TEST(OsMechanism, FindsTheArchitectureInThePrograms) {
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
  OsImage truncated = test::debian_bookworm();
  truncated.root->put_file("/usr/lib/systemd/systemd", test::elf_header(183, 2, 0).substr(0, 30));
  expect_refused(truncated, "architecture is not known");
  OsImage contradiction = with(183, 2, 0);
  contradiction.root->put_file("/var/lib/dpkg/arch", "armhf\n");
  EXPECT_EQ(facts_of(contradiction).warnings.size(), 1U);
}

TEST(OsMechanism, PartitionsMustAgree) {
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

TEST(OsMechanism, HostileFilesAreRefused) {
  for (const std::string file : {"/etc/passwd", "/etc/fstab", "/etc/os-release", "/etc/shadow", "/etc/rpi-issue"}) {
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
