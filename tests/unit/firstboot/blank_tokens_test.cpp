#include "system/blank_tokens.h"

#include <gtest/gtest.h>

#include "support/temp_folder.h"
#include "sys/files.h"
#include "system/rooted_system.h"

namespace kraken {
namespace {

std::string blanked(std::string text) {
  blank_tokens(text);
  return text;
}

struct TokenCase {
  const char* text;
  const char* left;
};

TEST(BlankTokens, NothingOfATokenIsLeftAndWhatIsNoneStays) {
  const TokenCase cases[] = {
      {"--token abcdef.0123456789abcdef \\", "--token *********************** \\"},
      {"\"abcdef.0123456789abcdef\"", "\"***********************\""},
      {"xabcdef.0123456789abcdefx,", "*************************,"},
      {"abcdef.0123456789abcdef.more", "***********************.more"},
      {"token id \"abcdef\" is invalid", "token id \"abcdef\" is invalid"},
      {"abcde.0123456789abcdef", "abcde.0123456789abcdef"},
      {"abcdef.0123456789abcde", "abcdef.0123456789abcde"},
      {"192.168.3.11:6443 v1.20.2 /etc/kubernetes/kubelet.conf",
       "192.168.3.11:6443 v1.20.2 /etc/kubernetes/kubelet.conf"},
      {"--certificate-key 0123456789 x", "--certificate-key ********** x"},
      {"--certificate-key=0123456789\nx", "--certificate-key=**********\nx"},
      {"token K10abc::node:secret end", "token ******************* end"},
      {"SWMTKN-1-a-b", "************"},
      {"", ""},
      {".", "."},
  };
  for (const TokenCase& c : cases) EXPECT_EQ(blanked(c.text), c.left);
}

TEST(BlankTokens, AProgramsLastWordsAreCutOffAfterwards) {
  LinuxSystem system;
  const std::string script =
      "printf 'join --token abcdef.0123456789abcdef '; head -c 990 /dev/zero | tr '\\0' x; exit 3";
  const Status status = system.run_program({"/bin/sh", "-c", script}, std::chrono::seconds(20));
  ASSERT_FALSE(status.ok());
  const std::string& said = status.error().what();
  EXPECT_EQ(said.find("89abcdef"), std::string::npos) << said;
  EXPECT_NE(said.find("ended with status 3: ***"), std::string::npos) << said;
}

TEST(AskProgram, AnswersWithWhatItSaysAndNoMoreThanIsAllowed) {
  LinuxSystem system;
  const std::chrono::seconds limit(20);
  EXPECT_EQ(*system.ask_program({"/bin/echo", "v1.20.2"}, limit), "v1.20.2\n");
  EXPECT_EQ(system.ask_program({"/bin/does-not-exist"}, limit).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(system.ask_program({"/bin/false"}, limit).error().code(), ErrorCode::kIo);
  EXPECT_EQ(system.ask_program({"/usr/bin/head", "-c", "100000", "/dev/zero"}, limit).error().code(),
            ErrorCode::kCorrupt);
  EXPECT_EQ(system.ask_program({"/bin/sleep", "20"}, std::chrono::seconds(1)).error().code(), ErrorCode::kIo);
}

TEST(CopyFile, TheCopyHasTheModeThatWasAskedForWhateverTheOriginals) {
  const test::TempFolder folder;
  DetachedSystem system(folder.path());
  ASSERT_TRUE(system.replace_file("/from", "secret", FileMode::kPublic).ok());
  ASSERT_TRUE(system.copy_file("/from", "/to", FileMode::kPrivate).ok());
  EXPECT_EQ(*read_whole_file(folder / "to", 64), "secret");
  EXPECT_EQ(std::filesystem::status(folder / "to").permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_EQ(system.copy_file("/none", "/to", FileMode::kPrivate).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(*read_whole_file(folder / "to", 64), "secret");
  EXPECT_EQ(system.ask_program({"/bin/echo"}, std::chrono::seconds(1)).error().code(), ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace kraken
