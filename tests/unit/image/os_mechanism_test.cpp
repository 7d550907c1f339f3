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

TEST(OsMechanism, WarnsOfWhatItCannotChange) {
  OsImage image = test::debian_bookworm();
  image.root->put_file("/etc/kernel/postinst.d/z50-raspi-firmware", "#!/bin/sh\n");
  image.root->put_file("/etc/shadow", "root:$6$a$b:19000:0:99999:7:::\npi::1::::::\n");
  image.root->put_file("/etc/passwd", "root:x:0:0::/root:/bin/bash\npi:x:1000:1000::/home/pi:/bin/sh\n");
  image.boot->put_file("/cmdline.txt", "root=/dev/mmcblk0p2\nsecond line\n");
  ASSERT_TRUE(image.root->remove("/usr/sbin/sshd").ok());
  ASSERT_TRUE(image.root->remove("/usr/bin/sudo").ok());
  const OsFacts facts = facts_of(image);
  EXPECT_EQ(facts.ssh, OsEdits{});
  for (const char* word : {"raspi-firmware", "root has a password", "more than one line", "no SSH server", "no sudo"}) {
    const bool said = std::any_of(facts.warnings.begin(), facts.warnings.end(),
                                  [&](const std::string& warning) { return warning.find(word) != std::string::npos; });
    EXPECT_TRUE(said) << word;
  }
  EXPECT_EQ(facts.warnings.size(), 5U);
  EXPECT_TRUE(facts.first_user && facts.first_user->has_password) << "burning locks or replaces it: see plan_access()";
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

}  // namespace
}  // namespace kraken
