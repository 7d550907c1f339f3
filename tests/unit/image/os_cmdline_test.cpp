#include "image/os_cmdline.h"

#include <gtest/gtest.h>

#include "base/units.h"

namespace kraken {
namespace {

constexpr std::string_view kBookworm =
    "console=serial0,115200 console=tty1 root=PARTUUID=0f1ee700-02 rootfstype=ext4 fsck.repair=yes rootwait quiet "
    "init=/usr/lib/raspberrypi-sys-mods/firstboot\n";

std::string edited(std::string_view text, const CmdlineEdit& edit) {
  const auto out = edit_cmdline(text, edit);
  return out.ok() ? *out : "error: " + out.error().what();
}

ErrorCode refused(std::string_view text, const CmdlineEdit& edit) {
  const auto out = edit_cmdline(text, edit);
  return out.ok() ? ErrorCode::kInternal : out.error().code();
}

TEST(Cmdline, RemovesAddsAndSets) {
  EXPECT_EQ(
      edited(kBookworm, {.remove = {"init", "quiet"}, .set = {"rootfstype=f2fs"}, .add = {"cgroup_enable=memory"}}),
      "console=serial0,115200 console=tty1 root=PARTUUID=0f1ee700-02 rootfstype=f2fs fsck.repair=yes rootwait "
      "cgroup_enable=memory\n");
}

TEST(Cmdline, DoneTwiceIsDoneOnce) {
  const CmdlineEdit edit{
      .remove = {"init"}, .set = {"rootdelay=5"}, .add = {"cgroup_enable=memory", "cgroup_memory=1"}};
  const std::string once = edited(kBookworm, edit);
  EXPECT_EQ(edited(once, edit), once);
}

TEST(Cmdline, IsTheSameToTheByteWhenNothingChanges) {
  for (const std::string_view text : {" a  b\tc", "a b\r\n", "a b", "a b\n\n", "a b\nsecond line\n", ""}) {
    EXPECT_EQ(edited(text, {.remove = {"quiet"}, .set = {}, .add = {}}), text);
  }
  EXPECT_EQ(edited(" a  b=1\n", {.remove = {}, .set = {"b=1"}, .add = {"a"}}), " a  b=1\n");
}

TEST(Cmdline, OneLineStaysOneLine) {
  EXPECT_EQ(edited("a b\n", {.remove = {}, .set = {}, .add = {"c"}}), "a b c\n");
  EXPECT_EQ(edited("a b\r\n", {.remove = {}, .set = {}, .add = {"c"}}), "a b c\r\n");
  EXPECT_EQ(edited("a b", {.remove = {}, .set = {}, .add = {"c"}}), "a b c");
  EXPECT_EQ(edited("a b \n", {.remove = {"b"}, .set = {}, .add = {}}), "a\n");
  EXPECT_EQ(edited("", {.remove = {}, .set = {}, .add = {"c"}}), "c\n");
  EXPECT_EQ(edited("a\nsecond\n", {.remove = {}, .set = {}, .add = {"c"}}), "a c\nsecond\n");
}

TEST(Cmdline, RemovesAWordNotItsNamesake) {
  EXPECT_EQ(edited("resize resizefs noresize x=resize resize=1", {.remove = {"resize"}, .set = {}, .add = {}}),
            "resizefs noresize x=resize");
  EXPECT_EQ(edited("console=tty1 console=ttyS0", {.remove = {"console=tty1"}, .set = {}, .add = {}}), "console=ttyS0");
}

TEST(Cmdline, KeepsKeysThatRepeat) {
  EXPECT_EQ(edited("console=tty1", {.remove = {}, .set = {}, .add = {"console=ttyS0"}}), "console=tty1 console=ttyS0");
  EXPECT_EQ(edited("a=1 b a=2 a=3", {.remove = {}, .set = {"a=9"}, .add = {}}), "a=9 b");
}

TEST(Cmdline, UnderstandsQuotes) {
  const std::string_view text = "dyndbg=\"file a.c +p\" rootwait \"x=1 2\"\n";
  const auto words = cmdline_words(text);
  ASSERT_TRUE(words.ok());
  ASSERT_EQ(words->size(), 3U);
  EXPECT_EQ(cmdline_value(*words, "dyndbg"), "file a.c +p");
  EXPECT_EQ(edited(text, {.remove = {"rootwait"}, .set = {}, .add = {"y=\"3 4\""}}),
            "dyndbg=\"file a.c +p\" \"x=1 2\" y=\"3 4\"\n");
  EXPECT_EQ(refused("a=\"b c\n", {.remove = {}, .set = {}, .add = {"d"}}), ErrorCode::kCorrupt);
}

TEST(Cmdline, KnowsThatDashAndUnderscoreAreTheSameInAKey) {
  const auto words = cmdline_words("snd-bcm2835.x=1 a=1 a=2 -- a=3");
  ASSERT_TRUE(words.ok());
  EXPECT_EQ(cmdline_value(*words, "snd_bcm2835.x"), "1");
  EXPECT_EQ(cmdline_value(*words, "a"), "2") << "the last one counts, and what follows -- is init's";
  EXPECT_FALSE(cmdline_value(*words, "b").has_value());
}

TEST(Cmdline, PutsWordsBeforeInitsArguments) {
  EXPECT_EQ(edited("a -- single", {.remove = {}, .set = {"c=1"}, .add = {"b"}}), "a c=1 b -- single");
  EXPECT_EQ(edited("a -- b", {.remove = {}, .set = {}, .add = {"b"}}), "a b -- b");
  EXPECT_EQ(edited("c=0 a c=2 -- c=3", {.remove = {}, .set = {"c=1"}, .add = {}}), "c=1 a -- c=3");
}

TEST(Cmdline, RefusesWhatWouldNotBeOneWord) {
  for (const char* word : {"", "a b", "a\nb", "a\n", " a", "a\"b", "=x", "\t"}) {
    EXPECT_EQ(refused("x\n", {.remove = {}, .set = {}, .add = {word}}), ErrorCode::kInvalidArgument) << word;
    EXPECT_EQ(refused("x\n", {.remove = {}, .set = {word}, .add = {}}), ErrorCode::kInvalidArgument) << word;
    EXPECT_EQ(refused("x\n", {.remove = {word}, .set = {}, .add = {}}), ErrorCode::kInvalidArgument) << word;
  }
}

TEST(Cmdline, RefusesHostileTexts) {
  EXPECT_EQ(refused(std::string(2 * kMiB, 'a'), {}), ErrorCode::kCorrupt);
  EXPECT_EQ(refused(std::string_view("a\0b", 3), {}), ErrorCode::kCorrupt);
  EXPECT_EQ(refused(std::string(1020, 'a'), {.remove = {}, .set = {}, .add = {"bbbbb"}}), ErrorCode::kUnsupported);
  EXPECT_EQ(refused(std::string(1020, 'a'), {.remove = {}, .set = {}, .add = {"bbbb"}}), ErrorCode::kUnsupported);
  EXPECT_EQ(edited(std::string(1020, 'a'), {.remove = {}, .set = {}, .add = {"bbb"}}).size(), kMaxCmdline);
}

TEST(Cmdline, ChangesTheDiskId) {
  const DiskIdChange change{.from = 0x0f1ee700, .to = 0xdeadbeef};
  const auto out = change_cmdline_disk_id(
      "a root=PARTUUID=0F1EE700-02 resume=PARTUUID=0f1ee700-0A b=PARTUUID=0f1ee701-02\n", change);
  ASSERT_TRUE(out.ok());
  EXPECT_EQ(*out, "a root=PARTUUID=deadbeef-02 resume=PARTUUID=deadbeef-0a b=PARTUUID=0f1ee701-02\n");
  for (const std::string_view other : {"root=/dev/mmcblk0p2\n", "root=PARTUUID=0f1ee700\n", "root=PARTUUID=0f1ee700-xx",
                                       "root=UUID=0f1ee700-02", "root=PARTUUID=0f1ee70-02"}) {
    EXPECT_EQ(*change_cmdline_disk_id(other, change), other);
  }
}

TEST(Cmdline, ChangesTheDiskIdInEverySpelling) {
  const DiskIdChange change{.from = 0x0f1ee700, .to = 0xdeadbeef};
  const std::pair<std::string_view, std::string_view> spellings[] = {
      {"root=\"PARTUUID=0f1ee700-02\"", "root=\"PARTUUID=deadbeef-02\""},
      {"\"root=PARTUUID=0f1ee700-02\" rw", "\"root=PARTUUID=deadbeef-02\" rw"},
      {"root=/dev/disk/by-partuuid/0f1ee700-02\n", "root=/dev/disk/by-partuuid/deadbeef-02\n"},
      {"a  systemd.mount-extra=/dev/disk/by-partuuid/0f1ee700-03:/data:ext4 b",
       "a  systemd.mount-extra=/dev/disk/by-partuuid/deadbeef-03:/data:ext4 b"},
      {"root=PARTUUID=0f1ee700-01/PARTNROFF=1\nroot=PARTUUID=0f1ee700-01\n",
       "root=PARTUUID=deadbeef-01/PARTNROFF=1\nroot=PARTUUID=0f1ee700-01\n"},
  };
  for (const auto& [before, after] : spellings) EXPECT_EQ(*change_cmdline_disk_id(before, change), after);
  EXPECT_EQ(change_cmdline_disk_id("a=\"b", change).error().code(), ErrorCode::kCorrupt);
}

TEST(Cmdline, QuotesAreNoPartOfAWord) {
  const auto words = cmdline_words("\"root=/dev/mmcblk0p2\" init=\"/a b\" \"quiet\"");
  ASSERT_TRUE(words.ok());
  EXPECT_EQ(cmdline_value(*words, "root"), "/dev/mmcblk0p2");
  EXPECT_EQ(cmdline_value(*words, "init"), "/a b");
  EXPECT_TRUE(cmdline_has(*words, "quiet"));
  EXPECT_EQ(edited("a \"quiet\" \"init=/x\"", {{"quiet", "init=/x"}, {}, {}}), "a");
}

}  // namespace
}  // namespace kraken
