#include "image/os_wizards.h"

#include <gtest/gtest.h>

#include "support/os_images.h"

namespace kraken {
namespace {

using How = OsEdit::How;

std::vector<std::string> removed_words(std::string_view line, std::vector<std::string>& warnings) {
  const auto edits = find_cmdline_wizards(line, warnings);
  std::vector<std::string> words;
  if (!edits.ok()) return {"error: " + edits.error().what()};
  for (const OsEdit& edit : *edits) {
    EXPECT_EQ(edit.how, How::kRemoveCmdlineWord);
    words.push_back(edit.subject);
  }
  return words;
}

TEST(Wizards, WordsOfTheCommandLine) {
  std::vector<std::string> warnings;
  EXPECT_EQ(removed_words("root=x resizefs noresize init=/sbin/init -- resize\n", warnings),
            std::vector<std::string>{});
  EXPECT_EQ(removed_words("init=/usr/lib/raspberrypi-sys-mods/firstboot sdhci.debug_quirks2=4", warnings),
            (std::vector<std::string>{"init=/usr/lib/raspberrypi-sys-mods/firstboot", "sdhci.debug_quirks2=4"}));
  EXPECT_TRUE(warnings.empty());
  EXPECT_EQ(removed_words("init=/opt/setup", warnings), std::vector<std::string>{});
  EXPECT_EQ(warnings.size(), 1U);
}

TEST(Wizards, AnotherToolsScript) {
  std::vector<std::string> warnings;
  EXPECT_EQ(
      removed_words(
          "systemd.run=/boot/firstrun.sh systemd.run_success_action=reboot systemd.unit=kernel-command-line.target",
          warnings),
      (std::vector<std::string>{"systemd.run", "systemd.run_success_action", "systemd.unit"}));
  EXPECT_EQ(warnings.size(), 1U);
  EXPECT_EQ(removed_words("systemd.unit=rescue.target", warnings), std::vector<std::string>{});
}

TEST(Wizards, UnknownUnitsAreNamed) {
  test::OsImage image = test::debian_bookworm();
  image.enable("acme-firstboot.service");
  image.enable("kraken-firstboot.service");
  image.enable("rpi-resizerootfs.service", "systemd-remount-fs.service");
  ImageTree tree = image.tree();
  std::vector<std::string> warnings;
  const auto edits = find_unit_wizards(tree, warnings);
  ASSERT_TRUE(edits.ok());
  ASSERT_EQ(edits->size(), 1U);
  EXPECT_EQ(edits->front().subject, "/etc/systemd/system/systemd-remount-fs.service.wants/rpi-resizerootfs.service");
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_NE(warnings[0].find("acme-firstboot.service"), std::string::npos);
}

TEST(Wizards, SshIsUnmaskedAndAllowed) {
  test::OsImage image = test::debian_bookworm();
  ASSERT_TRUE(image.root->remove("/etc/systemd/system/multi-user.target.wants/ssh.service").ok());
  image.root->put_symlink("/etc/systemd/system/ssh.service", "/dev/null");
  image.root->put_file("/etc/ssh/sshd_not_to_be_run", "");
  ImageTree tree = image.tree();
  const auto edits = find_ssh_enablement(tree);
  ASSERT_TRUE(edits.ok());
  ASSERT_EQ(edits->size(), 3U);
  EXPECT_EQ((*edits)[0].subject, "/etc/ssh/sshd_not_to_be_run");
  EXPECT_EQ((*edits)[1].subject, "/etc/systemd/system/ssh.service");
  EXPECT_EQ((*edits)[1].how, How::kRemovePath);
  EXPECT_EQ((*edits)[2].how, How::kMakeSymlink);
  EXPECT_EQ((*edits)[2].content, "/lib/systemd/system/ssh.service");
}

TEST(Wizards, AMaskedSocketDoesNotCount) {
  test::OsImage image = test::ubuntu_server();
  image.root->put_symlink("/etc/systemd/system/ssh.socket", "/dev/null");
  ImageTree tree = image.tree();
  const auto edits = find_ssh_enablement(tree);
  ASSERT_TRUE(edits.ok());
  ASSERT_EQ(edits->size(), 1U);
  EXPECT_EQ((*edits)[0].subject, "/etc/systemd/system/multi-user.target.wants/ssh.service");
}

TEST(Wizards, TrapsOfTheInitramfs) {
  EXPECT_FALSE(cmdline_trap("root=x rootwait noresize a=resize\nfirstboot\n").has_value());
  EXPECT_TRUE(cmdline_trap("root=x systemd.wants=kraken-firstboot.service").has_value());
  EXPECT_TRUE(cmdline_trap("root=x resizeme=1").has_value());
  EXPECT_TRUE(cmdline_trap("resize root=x").has_value());
}

}  // namespace
}  // namespace kraken
