#include "image/os_config_txt.h"

#include <gtest/gtest.h>

namespace kraken {
namespace {

std::string set(std::string_view text, const std::vector<std::string>& settings) {
  const auto out = set_config_txt(text, settings);
  if (!out.ok()) return "error: " + out.error().what();
  EXPECT_EQ(*set_config_txt(*out, settings), *out) << "doing it twice changes something";
  return *out;
}

TEST(ConfigTxt, AppendsAfterTheClosingAll) {
  EXPECT_EQ(set("arm_boost=1\n[pi5]\ndtoverlay=nospi10\n\n[all]\n", {"gpu_mem=16"}),
            "arm_boost=1\n[pi5]\ndtoverlay=nospi10\n\n[all]\ngpu_mem=16\n");
}

TEST(ConfigTxt, LeavesAFilterThatIsOpen) {
  EXPECT_EQ(set("[cm4]\notg_mode=1\n", {"gpu_mem=16"}), "[cm4]\notg_mode=1\n[all]\ngpu_mem=16\n");
  EXPECT_EQ(set("", {"gpu_mem=16"}), "gpu_mem=16\n");
  EXPECT_EQ(set("a=1", {"gpu_mem=16"}), "a=1\ngpu_mem=16\n");
  EXPECT_EQ(set("a=1\r\n[pi4]\r\n", {"b=2"}), "a=1\r\n[pi4]\r\n[all]\r\nb=2\r\n");
}

TEST(ConfigTxt, ReplacesWhereItIsAndForAllBoards) {
  EXPECT_EQ(set("gpu_mem=64\n#gpu_mem=1\nb=1\n", {"gpu_mem=16"}), "gpu_mem=16\n#gpu_mem=1\nb=1\n");
  EXPECT_EQ(set("gpu_mem = 16\n", {"gpu_mem=16"}), "gpu_mem = 16\n");
  // The last one counts.
  EXPECT_EQ(set("a=1\na=2\n", {"a=1"}), "a=1\na=1\n");
}

TEST(ConfigTxt, IsNotOverruledByALaterFilter) {
  EXPECT_EQ(set("gpu_mem=16\n[pi3]\ngpu_mem=64\n", {"gpu_mem=16"}),
            "gpu_mem=16\n[pi3]\ngpu_mem=64\n[all]\ngpu_mem=16\n");
}

TEST(ConfigTxt, KeysThatRepeatAreAdded) {
  EXPECT_EQ(set("dtparam=audio=on\n", {"dtparam=spi=on", "dtparam=audio=on"}), "dtparam=audio=on\ndtparam=spi=on\n");
  EXPECT_EQ(set("[pi4]\ndtoverlay=disable-wifi\n", {"dtoverlay=disable-wifi"}),
            "[pi4]\ndtoverlay=disable-wifi\n[all]\ndtoverlay=disable-wifi\n");
}

TEST(ConfigTxt, AParameterIsNotTakenByAnEarlierOverlay) {
  EXPECT_EQ(set("dtoverlay=vc4-kms-v3d\n", {"dtparam=spi=on"}), "dtoverlay=vc4-kms-v3d\ndtoverlay=\ndtparam=spi=on\n");
  // Asked for right after its overlay, it is the overlay's.
  EXPECT_EQ(set("dtoverlay=vc4-kms-v3d\n", {"dtoverlay=gpio-fan", "dtparam=temp=60000"}),
            "dtoverlay=vc4-kms-v3d\ndtoverlay=gpio-fan\ndtparam=temp=60000\n");
}

TEST(ConfigTxt, RefusesWhatIsNoSetting) {
  for (const std::string& bad : std::vector<std::string>{"", "a", "=1", "[all]", "#a=1", "a=1\nb=2", "a b=1", "a=1\rb",
                                                         std::string("a=\0", 3), "a=" + std::string(97, 'x')}) {
    EXPECT_EQ(set_config_txt("", std::vector<std::string>{bad}).error().code(), ErrorCode::kInvalidArgument) << bad;
  }
  EXPECT_TRUE(set_config_txt("", std::vector<std::string>{"a=" + std::string(96, 'x')}).ok());
  EXPECT_EQ(set_config_txt(std::string_view("a\0", 2), std::vector<std::string>{"a=1"}).error().code(),
            ErrorCode::kCorrupt);
}

TEST(ConfigTxt, TellsTheValuesOfAKey) {
  const std::string_view text = "cmdline=a.txt\n[pi4]\n cmdline = b.txt \r\n#cmdline=c\ninclude more.txt\ninclude=x\n";
  EXPECT_EQ(config_txt_values(text, "cmdline"), (std::vector<std::string>{"a.txt", "b.txt"}));
  EXPECT_EQ(config_txt_values(text, "include"), (std::vector<std::string>{"more.txt", "x"}));
  EXPECT_TRUE(config_txt_values(text, "os_prefix").empty());
}

}  // namespace
}  // namespace kraken
