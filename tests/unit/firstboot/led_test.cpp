#include "report/led.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>

#include "support/fake_sysfs.h"
#include "support/fake_system.h"
#include "support/temp_folder.h"

namespace kraken {
namespace {

using namespace std::chrono_literals;
using test::FakeSystem;
using test::Fault;

constexpr const char* kBookworm = "none rc-feedback timer heartbeat default-on pattern [mmc0] cpu0";
constexpr const char* kBullseye = "none timer oneshot heartbeat [actpwr] mmc0";

class Led : public ::testing::Test {
 protected:
  StatusLed led() {
    return StatusLed(folder.path(), system, [this](std::chrono::milliseconds time) { paused.push_back(time); });
  }
  std::string file(const std::string& name) const {
    std::ifstream in(folder.path() / ("sys/class/leds/" + name));
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }

  test::TempFolder folder;
  test::FakeSysfs sysfs{folder.path()};
  FakeSystem system{folder.path(), 0};
  std::vector<std::chrono::milliseconds> paused;
};

TEST_F(Led, ShowsEachSignWithThePatternTrigger) {
  sysfs.add_led("ACT", kBookworm);
  StatusLed status = led();
  ASSERT_TRUE(status.present());
  EXPECT_TRUE(system.changes().empty());

  ASSERT_TRUE(status.show(LedSign::kWorking).ok());
  EXPECT_EQ(file("ACT/trigger"), "timer");
  EXPECT_EQ(file("ACT/delay_on"), "500");
  EXPECT_EQ(file("ACT/delay_off"), "500");
  ASSERT_TRUE(status.show(LedSign::kWaitingForNetwork).ok());
  EXPECT_EQ(file("ACT/trigger"), "pattern");
  EXPECT_EQ(file("ACT/pattern"), "255 150 255 0 0 150 0 0 255 150 255 0 0 1000 0 0");
  ASSERT_TRUE(status.show(LedSign::kWaitingForManager).ok());
  EXPECT_EQ(file("ACT/pattern"), "255 150 255 0 0 150 0 0 255 150 255 0 0 150 0 0 255 150 255 0 0 1000 0 0");
  ASSERT_TRUE(status.show(LedSign::kFailed).ok());
  EXPECT_EQ(file("ACT/trigger"), "timer");
  EXPECT_EQ(file("ACT/delay_on"), "50");
  ASSERT_TRUE(status.show(LedSign::kDone).ok());
  EXPECT_EQ(file("ACT/trigger"), "none");
  EXPECT_EQ(file("ACT/brightness"), "255");
}

// The kernel makes a trigger's files when the trigger is set, so it comes first; and it wants a pause between writes.
TEST_F(Led, SetsTheTriggerFirstAndPauses) {
  sysfs.add_led("ACT", kBookworm);
  StatusLed status = led();
  ASSERT_TRUE(status.show(LedSign::kWorking).ok());
  EXPECT_EQ(system.changes(),
            (std::vector<std::string>{"folder /run", "write /run/kraken-led", "set /sys/class/leds/ACT/trigger",
                                      "set /sys/class/leds/ACT/delay_on", "set /sys/class/leds/ACT/delay_off"}));
  EXPECT_EQ(paused, std::vector<std::chrono::milliseconds>(3, kLedWritePause));
  ASSERT_TRUE(status.show(LedSign::kWorking).ok());
  EXPECT_EQ(system.changes().size(), 5U);
}

TEST_F(Led, TellsTheSignsApartWithoutThePatternTrigger) {
  sysfs.add_led("led0", kBullseye);
  StatusLed status = led();
  std::vector<std::string> seen;
  for (const LedSign sign :
       {LedSign::kWorking, LedSign::kWaitingForNetwork, LedSign::kWaitingForManager, LedSign::kFailed}) {
    ASSERT_TRUE(status.show(sign).ok());
    EXPECT_EQ(file("led0/trigger"), "timer");
    seen.push_back(file("led0/delay_on") + "/" + file("led0/delay_off"));
  }
  // As long on as off: they are the same on boards whose LED is the other way round.
  EXPECT_EQ(seen, (std::vector<std::string>{"500/500", "150/150", "1500/1500", "50/50"}));
}

// Raspberry Pi OS has it as a module that nothing else loads.
TEST_F(Led, LoadsThePatternTriggerOnceInABoot) {
  sysfs.add_led("ACT", "none timer [mmc0]");
  system.set_programs([this](const std::vector<std::string>& argv) -> Status {
    if (argv != std::vector<std::string>{"modprobe", "ledtrig-pattern"}) return Error(ErrorCode::kNotFound, "run");
    sysfs.put("sys/class/leds/ACT/trigger", "none timer pattern [mmc0]\n");
    return ok_status();
  });
  ASSERT_TRUE(led().show(LedSign::kWaitingForNetwork).ok());
  EXPECT_EQ(file("ACT/trigger"), "pattern");
  ASSERT_TRUE(led().show(LedSign::kWorking).ok());
  EXPECT_EQ(std::ranges::count(system.changes(), "run modprobe ledtrig-pattern"), 1);
}

TEST_F(Led, DoesWithoutThePatternTriggerWhenItsModuleCannotBeLoaded) {
  sysfs.add_led("ACT", "none timer [mmc0]");
  system.set_programs([](const auto&) { return Status(Error(ErrorCode::kIo, "modprobe ended with status 1")); });
  ASSERT_TRUE(led().show(LedSign::kWaitingForNetwork).ok());
  EXPECT_EQ(file("ACT/trigger"), "timer");
  ASSERT_TRUE(led().show(LedSign::kWaitingForNetwork).ok());
  EXPECT_EQ(std::ranges::count(system.changes(), "run modprobe ledtrig-pattern"), 1);
}

TEST_F(Led, GivesTheTriggerBackAfterDone) {
  sysfs.add_led("led0", kBullseye);
  StatusLed status = led();
  ASSERT_TRUE(status.show(LedSign::kWorking).ok());
  ASSERT_TRUE(status.end(LedSign::kDone).ok());
  EXPECT_EQ(file("led0/brightness"), "255");
  EXPECT_EQ(file("led0/trigger"), "actpwr");
  EXPECT_EQ(std::count(paused.begin(), paused.end(), kLedDoneShown), 1);
}

TEST_F(Led, KeepsShowingAFailure) {
  sysfs.add_led("ACT", kBookworm);
  ASSERT_TRUE(led().end(LedSign::kFailed).ok());
  EXPECT_EQ(file("ACT/trigger"), "timer");
  EXPECT_EQ(std::count(paused.begin(), paused.end(), kLedDoneShown), 0);
}

// What an earlier run of this boot left is not what the LED is to go back to.
TEST_F(Led, GoesBackToWhatWasThereBeforeTheFirstRunOfTheBoot) {
  for (const char* left : {"none [timer] mmc0 heartbeat", "none timer [pattern] mmc0 heartbeat"}) {
    sysfs.add_led("ACT", "none timer pattern mmc0 [heartbeat]");
    ASSERT_TRUE(led().show(LedSign::kWorking).ok());
    sysfs.add_led("ACT", left);
    ASSERT_TRUE(led().end(LedSign::kFailed).ok());
    sysfs.add_led("ACT", left);
    ASSERT_TRUE(led().end(LedSign::kDone).ok());
    EXPECT_EQ(file("ACT/trigger"), "heartbeat") << left;
  }
}

TEST_F(Led, HasNothingToEndWhenNoRunHasShownAnything) {
  sysfs.add_led("ACT", "none [timer] mmc0");
  StatusLed status = led();
  EXPECT_FALSE(status.is_in_use());
  ASSERT_TRUE(status.end(LedSign::kDone).ok());
  EXPECT_TRUE(system.changes().empty());
}

// No run could tell what to give back.
TEST_F(Led, IsLeftAloneWhenItsOldTriggerCannotBeNoted) {
  sysfs.add_led("ACT", kBookworm);
  system.set_fault({.kind = Fault::Kind::kError, .at = 2, .sys_errno = ENOSPC});
  EXPECT_FALSE(led().show(LedSign::kWorking).ok());
  EXPECT_EQ(file("ACT/trigger"), std::string(kBookworm) + "\n");
}

TEST_F(Led, PrefersTheActivityLedOfNewerKernels) {
  sysfs.add_led("led0", kBullseye);
  sysfs.add_led("ACT", kBookworm);
  ASSERT_TRUE(led().show(LedSign::kWorking).ok());
  EXPECT_EQ(file("ACT/trigger"), "timer");
  EXPECT_NE(file("led0/trigger"), "timer");
}

TEST_F(Led, MissesNothingWithoutALed) {
  sysfs.add_led("PWR", kBookworm);
  StatusLed status = led();
  EXPECT_FALSE(status.present());
  EXPECT_TRUE(status.show(LedSign::kWorking).ok());
  EXPECT_TRUE(status.end(LedSign::kDone).ok());
  EXPECT_TRUE(system.changes().empty());
  EXPECT_TRUE(paused.empty());
}

TEST_F(Led, LeavesAloneWhatTheKernelDoesNotOffer) {
  sysfs.add_led("ACT", "none [mmc0]");
  StatusLed status = led();
  EXPECT_TRUE(status.show(LedSign::kWorking).ok());
  EXPECT_TRUE(status.show(LedSign::kWaitingForNetwork).ok());
  EXPECT_TRUE(std::ranges::none_of(system.changes(), [](const auto& change) { return change.starts_with("set "); }));
  EXPECT_TRUE(status.end(LedSign::kDone).ok());
  EXPECT_EQ(file("ACT/trigger"), "mmc0");
}

TEST_F(Led, ReportsAFailingWriteAndStillGivesTheTriggerBack) {
  sysfs.add_led("ACT", kBookworm);
  ASSERT_TRUE(led().show(LedSign::kWorking).ok());
  const int next = static_cast<int>(system.changes().size()) + 1;
  system.set_fault({.kind = Fault::Kind::kError, .at = next, .sys_errno = EIO});
  const Status status = led().end(LedSign::kDone);
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.error().what().find("showing the state on the LED"), std::string::npos) << status.error().what();
  EXPECT_EQ(file("ACT/trigger"), "mmc0");
  EXPECT_EQ(std::count(paused.begin(), paused.end(), kLedDoneShown), 0);
}

TEST_F(Led, SurvivesHostileFiles) {
  sysfs.add_led("ACT", std::string(100000, 'x'));
  EXPECT_FALSE(led().present());
  sysfs.add_led("ACT", "none [] [ ] timer pattern [mmc0]");
  sysfs.put("sys/class/leds/ACT/max_brightness", "99999999999999999999999\n");
  StatusLed status = led();
  ASSERT_TRUE(status.show(LedSign::kWaitingForNetwork).ok());
  EXPECT_TRUE(file("ACT/pattern").starts_with("1 150 1 0 ")) << file("ACT/pattern");
}

}  // namespace
}  // namespace kraken
