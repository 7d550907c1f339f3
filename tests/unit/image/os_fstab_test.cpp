#include "image/os_fstab.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/units.h"
#include "support/temp_folder.h"

namespace kraken {
namespace {

constexpr std::string_view kBookworm =
    "proc            /proc           proc    defaults          0       0\n"
    "PARTUUID=0f1ee700-01  /boot/firmware  vfat    defaults          0       2\n"
    "PARTUUID=0f1ee700-02  /               ext4    defaults,noatime  0       1\n"
    "# a swapfile is not a swap partition, no line here\n";

std::vector<FstabEntry> parsed(std::string_view text) {
  auto entries = parse_fstab(text);
  return entries.ok() ? *entries : std::vector<FstabEntry>();
}

TEST(Fstab, FindsRootAndBoot) {
  const auto entries = parsed(kBookworm);
  ASSERT_EQ(entries.size(), 3U);
  const FstabEntry* root = find_mount(entries, "/");
  ASSERT_NE(root, nullptr);
  EXPECT_EQ(root->device, "PARTUUID=0f1ee700-02");
  EXPECT_EQ(root->line, 3U);
  EXPECT_EQ(root->options, (std::vector<std::string>{"defaults", "noatime"}));
  const FstabEntry* boot = find_boot_mount(entries);
  ASSERT_NE(boot, nullptr);
  EXPECT_EQ(boot->mount_point, "/boot/firmware");
}

// What is mounted last lies on top.
TEST(Fstab, TakesTheLastOfSeveralLinesForOneFolder) {
  const auto entries = parsed("/dev/sda2 / ext4\n/dev/sda3 / ext4\n");
  EXPECT_EQ(find_mount(entries, "/")->device, "/dev/sda3");
}

TEST(Fstab, PrefersTheFirmwaresPartition) {
  const auto both = parsed("/dev/sda1 /boot ext4 defaults\n/dev/sda2 /boot/firmware/ vfat\n/dev/sda3 /boot/efi vfat\n");
  ASSERT_NE(find_boot_mount(both), nullptr);
  EXPECT_EQ(find_boot_mount(both)->device, "/dev/sda2");
  EXPECT_EQ(find_boot_mount(parsed("/dev/sda1 /boot ext4\n/dev/sda2 /boot/fw vfat\n"))->device, "/dev/sda2");
  EXPECT_EQ(find_boot_mount(parsed("/dev/sda1 /boot/a vfat\n/dev/sda2 /boot/b vfat\n")), nullptr);
  EXPECT_EQ(find_boot_mount(parsed("/dev/sda1 /boot ext4\n/dev/sda2 /data vfat\n")), nullptr);
  EXPECT_EQ(find_boot_mount({}), nullptr);
}

// findmnt is another reader of the same format.
TEST(Fstab, IsReadAsUtilLinuxReadsIt) {
  const std::string_view text =
      "\t/dev/sda1   /boot\\040x/firmware\tvfat ro,uid=0\r\nLABEL=\"a\\040b\" / ext4\n#x /y "
      "z\n\nbroken\nUUID=\"AB-12\" /boot vfat\n";
  test::TempFolder temp;
  std::ofstream(temp / "fstab") << text;
  for (const FstabEntry& entry : parsed(text)) {
    const test::Ran ran = test::run("findmnt --noheadings --raw -o SOURCE --tab-file " + (temp / "fstab").string() +
                                    " --target '" + entry.mount_point + "' 2>/dev/null | tail -1");
    std::string source = ran.output;
    for (const std::string_view escape : {"\\x20", "\n"}) {
      const auto at = source.find(escape);
      if (at != std::string::npos) source.replace(at, escape.size(), escape == "\n" ? "" : " ");
    }
    std::erase(source, '"');
    EXPECT_EQ(source, entry.device) << entry.mount_point;
  }
  EXPECT_EQ(parsed(text).size(), 3U);
}

TEST(Fstab, ChangesTheDiskIdAndNothingElse) {
  const DiskIdChange change{.from = 0x0f1ee700, .to = 0x00000001};
  const auto out = change_fstab_disk_id(kBookworm, change);
  ASSERT_TRUE(out.ok());
  std::string expected(kBookworm);
  for (const std::string number : {"01", "02"}) {
    expected.replace(expected.find("0f1ee700-" + number), 11, "00000001-" + number);
  }
  EXPECT_EQ(*out, expected);

  for (const std::string_view other :
       {"# PARTUUID=0f1ee700-01 / ext4\n", "UUID=0f1ee700-01 / ext4", "\n \n", "PARTUUID=11111111-01\t/\text4\r\n"}) {
    EXPECT_EQ(*change_fstab_disk_id(other, change), other);
  }
}

TEST(Fstab, ChangesTheDiskIdInEverySpelling) {
  const DiskIdChange change{.from = 0x0f1ee700, .to = 0x00000001};
  const std::pair<std::string_view, std::string_view> spellings[] = {
      {"  PARTUUID=\"0F1EE700-01\"\t/ ext4\r\n", "  PARTUUID=\"00000001-01\"\t/ ext4\r\n"},
      {"/dev/disk/by-partuuid/0f1ee700-02 / ext4 defaults 0 1",
       "/dev/disk/by-partuuid/00000001-02 / ext4 defaults 0 1"},
      {"PARTUUID\\0750f1ee700-0A / ext4\n", "PARTUUID=00000001-0a / ext4\n"},
      {"PARTUUID=\\0600f1ee700-02 / ext4\n", "PARTUUID=\\0600f1ee700-02 / ext4\n"},
      {"/dev/disk/by-partuuid/0f1ee700-02\\040x /\\011\\043 ext4\n",
       "/dev/disk/by-partuuid/00000001-02\\040x /\\011\\043 ext4\n"},
      {"/a /b none bind,x-systemd.requires=/dev/disk/by-partuuid/0f1ee700-03,ro 0 0",
       "/a /b none bind,x-systemd.requires=/dev/disk/by-partuuid/00000001-03,ro 0 0"},
      {"PARTUUID=0f1ee700-02-8d1c / ext4\n", "PARTUUID=0f1ee700-02-8d1c / ext4\n"},
      {"PARTUUID=0f1ee700", "PARTUUID=0f1ee700"},
  };
  for (const auto& [before, after] : spellings) EXPECT_EQ(*change_fstab_disk_id(before, change), after);
}

TEST(Fstab, RefusesHostileTexts) {
  EXPECT_EQ(parse_fstab(std::string(2 * kMiB, 'a')).error().code(), ErrorCode::kCorrupt);
  EXPECT_EQ(parse_fstab(std::string_view("a\0b c d", 7)).error().code(), ErrorCode::kCorrupt);
  EXPECT_EQ(change_fstab_disk_id(std::string_view("\0", 1), {}).error().code(), ErrorCode::kCorrupt);
  EXPECT_TRUE(parsed("a\\9 b\\0 c\\\n").size() == 1);
}

}  // namespace
}  // namespace kraken
