#include "run/first_boot.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "json/json.h"
#include "report/publish.h"
#include "support/fake_node.h"
#include "support/fake_sysfs.h"
#include "system/run_lock.h"

namespace kraken {
namespace {

using test::FakeNetwork;
using test::FakeNode;
using test::FakeSystem;
using test::Fault;

constexpr std::string_view kStatusJson = "/boot/firmware/kraken-status.json";
constexpr std::string_view kStatusText = "/boot/firmware/kraken-status.txt";

Json status_of(const FakeNode& node) {
  const auto status = parse_json(node.get(kStatusJson));
  EXPECT_TRUE(status.ok()) << node.get(kStatusJson);
  return status.ok() ? *status : Json::object();
}

Json step_of(const FakeNode& node, std::string_view name) {
  const Json status = status_of(node);
  for (const Json& step : *status.find("steps")->as_array()) {
    if (*step.find("name") == Json(name)) return step;
  }
  ADD_FAILURE() << name << " is not in the status";
  return Json::object();
}

std::string state_of(const FakeNode& node) {
  return *status_of(node).find("state")->as_string();
}

TEST(FirstBoot, BringsAFreshNodeToItsRecord) {
  const FakeNode node;
  FakeSystem system = node.system();
  ASSERT_EQ(node.run(system), Outcome::kDone);

  EXPECT_EQ(node.get("/etc/hostname"), "kraken-3\n");
  EXPECT_EQ(node.get("/proc/sys/kernel/hostname"), "kraken-3\n");
  EXPECT_NE(node.get("/etc/hosts").find("192.168.3.11\tkraken-1\n"), std::string::npos);
  EXPECT_NE(node.get("/etc/hosts").find("10.0.0.9\tnas\n"), std::string::npos);
  EXPECT_EQ(system.now(), 1795000000);
  struct stat stamp = {};
  ASSERT_EQ(::stat(node.path(kTimesyncStamp).c_str(), &stamp), 0);
  EXPECT_EQ(stamp.st_mtim.tv_sec, 1795000000);
  EXPECT_NE(
      test::run("dumpe2fs -h " + node.path("/dev/mmcblk0p2").string()).output.find("Block count:              6144"),
      std::string::npos);

  const Json status = status_of(node);
  EXPECT_EQ(*status.find("format"), Json("kraken-status"));
  EXPECT_EQ(*status.find("version"), Json(1));
  EXPECT_EQ(*status.find("state"), Json("done"));
  EXPECT_EQ(*status.find("node")->find("name"), Json("kraken-3"));
  EXPECT_EQ(*status.find("node")->find("id"), Json(3));
  EXPECT_EQ(*status.find("node")->find("role"), Json("worker"));
  EXPECT_EQ(*status.find("model"), Json("Raspberry Pi 3 Model B Rev 1.2"));
  EXPECT_EQ(*status.find("image")->find("base_sha256"), Json(std::string(64, 'a')));
  for (const char* name : {"clock-floor", "hostname", "grow-root"}) {
    EXPECT_EQ(*step_of(node, name).find("state"), Json("done"));
    EXPECT_EQ(*step_of(node, name).find("changed"), Json(true)) << name;
  }
  EXPECT_TRUE(node.get(kStatusText).starts_with("kraken-firstboot: done\n"));
  EXPECT_NE(node.get(kLogPath).find("grow-root: done"), std::string::npos);
}

TEST(FirstBoot, SaysWorkingBeforeTheFirstLastingChange) {
  const FakeNode node;
  FakeSystem system = node.system();
  ASSERT_EQ(node.run(system), Outcome::kDone);
  const auto& changes = system.changes();
  const auto at = [&](const char* what) { return std::find(changes.begin(), changes.end(), what) - changes.begin(); };
  EXPECT_LT(at("write /boot/firmware/kraken-status.json"), at("write /etc/hostname"));
  EXPECT_LT(at("write /boot/firmware/kraken-status.json"), at("touch /var/lib/systemd/timesync/clock"));
}

TEST(FirstBoot, SecondBootOnlyTakesBackTheChangedFlagsAndTheThirdWritesNothing) {
  const FakeNode node;
  ASSERT_EQ(node.boot(), Outcome::kDone);
  const auto first = node.lasting();
  const std::string log = node.get(kLogPath);

  node.reboot();
  FakeSystem second = node.system();
  ASSERT_EQ(node.run(second), Outcome::kDone);
  // The clock is the kernel's, and starts from the past at every boot of a node without a clock chip.
  EXPECT_EQ(second.changes(), (std::vector<std::string>{"clock", "write /boot/firmware/kraken-status.json"}));
  for (const char* name : {"clock-floor", "hostname", "grow-root"}) {
    EXPECT_EQ(*step_of(node, name).find("changed"), Json(false)) << name;
  }
  auto expected = first;
  expected[std::string(kStatusJson)] = node.get(kStatusJson);
  EXPECT_EQ(node.lasting(), expected);
  EXPECT_EQ(node.get(kLogPath), log);

  node.put("/proc/sys/kernel/random/boot_id", "another\n");
  node.put("/proc/uptime", "99.9 1.0\n");
  node.reboot();
  FakeSystem third = node.system();
  ASSERT_EQ(node.run(third), Outcome::kDone);
  EXPECT_EQ(third.changes(), std::vector<std::string>{"clock"});
}

TEST(FirstBoot, MendsWhatSomebodyChangedLaterWhateverTheJournalSays) {
  const FakeNode node;
  ASSERT_EQ(node.boot(), Outcome::kDone);
  node.put("/etc/hostname", "raspberrypi\n");
  node.reboot();
  ASSERT_EQ(node.boot(), Outcome::kDone);
  EXPECT_EQ(node.get("/etc/hostname"), "kraken-3\n");
  EXPECT_EQ(*step_of(node, "hostname").find("changed"), Json(true));
  EXPECT_EQ(*step_of(node, "grow-root").find("changed"), Json(false));
}

TEST(FirstBoot, GrowsAFullRootAndThenDoesWhatHadFailedForWantOfSpace) {
  const FakeNode node;
  // The host name's first write fails; everything is fine once the root has grown.
  FakeSystem probe = node.system();
  const FakeNode scout;
  FakeSystem scouting = scout.system();
  ASSERT_EQ(scout.run(scouting), Outcome::kDone);
  const auto& changes = scouting.changes();
  const auto at = std::find(changes.begin(), changes.end(), "write /etc/hostname") - changes.begin() + 1;
  probe.set_fault({Fault::Kind::kError, static_cast<int>(at), ENOSPC});
  EXPECT_EQ(node.run(probe), Outcome::kDone);
  EXPECT_EQ(node.get("/etc/hostname"), "kraken-3\n");
}

// Of which the driver says so only when it is to be changed.
class LackingStep final : public Step {
 public:
  explicit LackingStep(Touches touches) : touches_(touches) {}
  Touches touches() const override { return touches_; }
  std::string_view name() const override { return "lacking"; }
  Check check(const Facts& /*facts*/, const NodeRecord& /*record*/) const override { return Check::needed("it is on"); }
  Status apply(const Facts& /*facts*/, const NodeRecord& /*record*/, System& /*system*/) const override {
    return Error(ErrorCode::kUnsupported, "this driver cannot switch it");
  }

 private:
  Touches touches_;
};

TEST(FirstBoot, ASettingThatTheDriverLacksIsReportedAndNoFailure) {
  for (const Touches touches : {Touches::kTuning, Touches::kSystem}) {
    const FakeNode node;
    Steps steps;
    steps.push_back(std::make_unique<LackingStep>(touches));
    FakeSystem system = node.system();
    const bool is_tuning = touches == Touches::kTuning;
    EXPECT_EQ(node.run_with(system, steps), is_tuning ? Outcome::kDone : Outcome::kNotDone);
    EXPECT_EQ(*step_of(node, "lacking").find("state"), Json(is_tuning ? "unavailable" : "failed"));
    EXPECT_EQ(*step_of(node, "lacking").find("detail"), Json("this driver cannot switch it"));
  }
}

TEST(FirstBoot, ReportsAReadOnlyRoot) {
  const FakeNode node;
  node.mount("ext4", "ro", "rw");
  FakeSystem system = node.system();
  system.set_fault({Fault::Kind::kErrorOnFiles, 0, EROFS});
  EXPECT_EQ(node.run(system), Outcome::kNotDone);

  // With a writable boot partition the report gets out.
  FakeSystem next = node.system();
  EXPECT_EQ(node.run(next), Outcome::kStuck);
  EXPECT_EQ(state_of(node), "failed");
  EXPECT_EQ(*step_of(node, "grow-root").find("state"), Json("impossible"));
}

TEST(FirstBoot, DoesItsWorkWithoutABootPartitionAndLeavesItsFolderAlone) {
  for (const char* options : {"", "ro"}) {
    const FakeNode node;
    node.mount("ext4", "rw", options);
    EXPECT_EQ(node.boot(), Outcome::kDone);
    EXPECT_TRUE(std::filesystem::is_empty(node.path("/boot/firmware")));
    EXPECT_NE(node.get(kLogPath).find("the status was not written to the boot partition"), std::string::npos);
  }
}

TEST(FirstBoot, SaysOnTheBootPartitionThatTheRecordIsMissingOrWrong) {
  const FakeNode node;
  node.put(kNodeRecordPath, "{\"format\": \"kraken-node\", \"version\": 7}");
  EXPECT_EQ(node.boot(), Outcome::kStuck);
  EXPECT_EQ(state_of(node), "failed");
  EXPECT_NE(node.get(kStatusText).find("version 7 of the node record is not known here"), std::string::npos);
  EXPECT_EQ(node.get("/etc/hostname"), "raspberrypi\n");

  std::filesystem::remove(node.path(kNodeRecordPath));
  EXPECT_EQ(node.boot(), Outcome::kStuck);
  EXPECT_NE(node.get(kStatusText).find("/etc/kraken/node.json: No such file"), std::string::npos)
      << node.get(kStatusText);
}

TEST(FirstBoot, StartsAnUnusableJournalAnewAndSaysSo) {
  for (const char* text : {"", "{\"format\":\"kraken-journal\",\"version\":1,\"ste", "[1]", "\xff\xfe",
                           "{\"format\":\"kraken-journal\",\"version\":2,\"steps\":[]}"}) {
    const FakeNode node;
    node.put(kJournalPath, text);
    EXPECT_EQ(node.boot(), Outcome::kDone);
    EXPECT_NE(node.get(kStatusText).find("note: the journal was started anew"), std::string::npos) << text;
    EXPECT_TRUE(parse_journal(node.get(kJournalPath)).ok());
  }
}

TEST(FirstBoot, PutsOffAStepThatKeepsFailingButNeverForGood) {
  const FakeNode node;
  node.mount("btrfs", "rw", "rw");  // keeps the other steps out of the way of the counting
  const Steps steps = [] {
    Steps list;
    list.push_back(make_hostname_step());
    return list;
  }();
  std::vector<int> tried;
  for (int boot = 1; boot <= 60; ++boot) {
    FakeSystem system = node.system();
    system.set_fault({Fault::Kind::kNone});
    // A folder in its place: the rename fails, whoever runs the test.
    std::filesystem::remove_all(node.path("/etc/hostname"));
    std::filesystem::create_directories(node.path("/etc/hostname/x"));
    EXPECT_EQ(node.run_with(system, steps), Outcome::kNotDone);
    const auto& changes = system.changes();
    if (std::find(changes.begin(), changes.end(), "write /etc/hostname") != changes.end()) tried.push_back(boot);
    std::filesystem::remove_all(node.path("/run"));
  }
  EXPECT_EQ(tried, (std::vector<int>{1, 2, 3, 4, 5, 7, 10, 15, 24, 41, 58}));
  std::filesystem::remove_all(node.path("/etc/hostname"));
  int boots = 0;
  while (node.boot() != Outcome::kDone && ++boots < 20) {
    std::filesystem::remove_all(node.path("/run"));
    node.mount("ext4", "rw", "rw");
  }
  EXPECT_LE(boots, kLongestWait + 1);
  EXPECT_EQ(node.get("/etc/hostname"), "kraken-3\n");
}

TEST(FirstBoot, DoesNotRunTwiceAtOnce) {
  const FakeNode node;
  const auto lock = RunLock::take(node.root());
  ASSERT_TRUE(lock.ok());
  FakeSystem system = node.system();
  EXPECT_EQ(node.run(system), Outcome::kNotDone);
  EXPECT_TRUE(system.changes().empty());
}

TEST(FirstBoot, BeginsNoStepWhenTheTimeIsUp) {
  const FakeNode node;
  FakeSystem system = node.system();
  FakeNetwork network;
  const Steps steps = early_steps();
  FirstBoot first_boot({.root = node.root(), .record = node.path(kNodeRecordPath), .time_for_steps = {}},
                       {system, network}, steps);
  EXPECT_EQ(first_boot.run(), Outcome::kNotDone);
  EXPECT_EQ(node.get("/etc/hostname"), "raspberrypi\n");
  EXPECT_NE(step_of(node, "hostname").find("detail")->as_string()->find("no time was left"), std::string::npos);
}

TEST(FirstBoot, PlanChangesNothing) {
  const FakeNode node;
  const auto before = node.lasting();
  FakeSystem system = node.system();
  FakeNetwork network;
  const Steps steps = network_steps(network);
  FirstBoot first_boot({.root = node.root(), .record = node.path(kNodeRecordPath)}, {system, network}, steps);
  const auto plan = first_boot.describe_plan();
  ASSERT_TRUE(plan.ok());
  EXPECT_NE(plan->find("hostname: to be done: /etc/hostname is not kraken-3\n"), std::string::npos) << *plan;
  EXPECT_TRUE(system.changes().empty());
  EXPECT_EQ(node.lasting(), before);
}

TEST(FirstBoot, LeavesTheNetworkToItsLaterRunAndSaysSo) {
  const FakeNode node;
  FakeSystem system = node.system();
  FakeNetwork network;
  const Steps steps = network_steps(network);
  const RunOptions options{.root = node.root(), .record = node.path(kNodeRecordPath), .stage = Stage::kEarly};
  EXPECT_EQ(FirstBoot(options, {system, network}, steps).run(), Outcome::kDone);
  EXPECT_EQ(state_of(node), "working");
  EXPECT_EQ(*step_of(node, "network").find("state"), Json("needed"));
  EXPECT_TRUE(network.questions().empty());
}

TEST(FirstBoot, AnEarlyRunWithNothingToDoLeavesTheLastRunsStatus) {
  const FakeNode node;
  FakeNetwork network;
  const Steps steps = network_steps(network);
  const RunOptions options{.root = node.root(), .record = node.path(kNodeRecordPath), .stage = Stage::kEarly};
  FakeSystem first = node.system();
  ASSERT_EQ(FirstBoot(options, {first, network}, steps).run(), Outcome::kDone);
  node.reboot();
  node.put(kStatusJson, "of the last run");
  FakeSystem second = node.system();
  EXPECT_EQ(FirstBoot(options, {second, network}, steps).run(), Outcome::kDone);
  EXPECT_EQ(node.get(kStatusJson), "of the last run");
}

// systemd starts it again and again; a card bears only so many writes.
TEST(FirstBoot, WritesNothingWhenItEndsAsTheLastTime) {
  const FakeNode node;
  node.mount("xfs", "rw", "rw");
  for (int run = 1; run <= 50; ++run) {
    FakeSystem system = node.system();
    ASSERT_EQ(node.run(system), Outcome::kStuck);
    // The second run takes back what the first one had changed; the clock is the kernel's.
    if (run <= 2) continue;
    ASSERT_EQ(system.changes(), std::vector<std::string>{"clock"}) << run;
  }
  node.mount("ext4", "rw", "rw");
  EXPECT_EQ(node.boot(), Outcome::kDone);
  EXPECT_NE(node.get(kLogPath).find("all done"), std::string::npos);
  node.mount("xfs", "rw", "rw");
  const std::string log = node.get(kLogPath);
  EXPECT_EQ(node.boot(), Outcome::kStuck);
  EXPECT_GT(node.get(kLogPath).size(), log.size()) << "it is news again";
}

// Each run of a boot is a process of its own.
TEST(FirstBoot, TheLastRunOfABootGivesTheLedItsTriggerBack) {
  const FakeNode node;
  test::FakeSysfs sysfs(node.root());
  sysfs.add_led("ACT", "none timer pattern [heartbeat] mmc0");
  FakeSystem system = node.system();
  FakeNetwork network;
  const Steps steps = network_steps(network);
  const RunOptions options{.root = node.root(), .record = node.path(kNodeRecordPath), .stage = Stage::kEarly};
  ASSERT_EQ(FirstBoot(options, {system, network}, steps).run(), Outcome::kDone);
  EXPECT_EQ(node.get("/sys/class/leds/ACT/trigger"), "timer");
  EXPECT_EQ(node.get("/sys/class/leds/ACT/delay_on"), "500");
  sysfs.add_led("ACT", "none [timer] pattern heartbeat mmc0");  // as the kernel shows it
  ASSERT_EQ(node.run(system), Outcome::kDone);
  EXPECT_EQ(node.get("/sys/class/leds/ACT/trigger"), "heartbeat");
}

TEST(FirstBoot, ShowsOnTheLedThatThereIsNoRecord) {
  const FakeNode node;
  test::FakeSysfs(node.root()).add_led("ACT", "none timer [mmc0]");
  std::filesystem::remove(node.path(kNodeRecordPath));
  EXPECT_NE(node.boot(), Outcome::kDone);
  EXPECT_EQ(node.get("/sys/class/leds/ACT/trigger"), "timer");
  EXPECT_EQ(node.get("/sys/class/leds/ACT/delay_on"), "50");
}

TEST(FirstBoot, ShowsThatItWaitsForTheNetworkWhileItWaitsForAnAdapter) {
  const FakeNode node;
  test::FakeSysfs(node.root()).add_led("ACT", "none timer pattern [mmc0]");
  FakeSystem system = node.system();
  int shown = 0;
  system.set_while_waiting([&] { shown += node.get("/sys/class/leds/ACT/trigger") == "pattern" ? 1 : 0; });
  FakeNetwork network;
  const Steps steps = network_steps(network);
  const RunOptions options{.root = node.root(), .record = node.path(kNodeRecordPath), .stage = Stage::kNetwork};
  EXPECT_EQ(FirstBoot(options, {system, network}, steps).run(), Outcome::kNotDone) << "one may be plugged in";
  EXPECT_GE(shown, 60);
}

TEST(FirstBoot, KeepsItsLogBounded) {
  const FakeNode node;
  node.mount("xfs", "rw", "rw");  // never all done, so every boot has something to keep
  node.put(kLogPath, std::string(kLogMaxSize - 10, 'x') + "\nlast line\n");
  EXPECT_EQ(node.boot(), Outcome::kStuck);
  EXPECT_LT(node.get(kLogPath).size(), kLogMaxSize);
  EXPECT_NE(node.get(kLogPath).find("grow-root: impossible"), std::string::npos);
}

}  // namespace
}  // namespace kraken
