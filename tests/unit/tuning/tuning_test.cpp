// What holds for every setting alike.
#include "tuning/tuning.h"

#include <set>

#include "tuning_tree.h"

namespace kraken {
namespace {

using test::TuningTree;
using State = SettingState::State;

const std::vector<std::string> kNames = {
    "ip_forward",          "bridge_netfilter", "memory_cgroup", "cpu_governor_performance",
    "usb_autosuspend_off", "eee_off",          "rps",           "receive_buffers",
    "tx_queue_length",     "fair_queue_bbr",   "swap_off"};

TEST(Tuning, ReportsEverySettingOnceInTheOrderOfApplying) {
  const TuningTree tree;
  std::vector<std::string> names;
  for (const SettingState& state : check_tuning(tree.record, tree.facts())) names.push_back(state.name);
  EXPECT_EQ(names, kNames);
}

TEST(Tuning, IsNeededThenAppliedThenDoneAndChangesNothingMore) {
  TuningTree tree;
  for (const std::string& name : kNames) {
    // The files that settings share are there after the first of them.
    const State before = tree.state(name);
    EXPECT_TRUE(before == State::kNeeded || before == State::kNeededThisBoot) << name;
    EXPECT_FALSE(tree.changes_of(name).empty()) << name;
    const SettingState after = tree.check(name);
    EXPECT_EQ(after.state, name == "memory_cgroup" ? State::kNeedsReboot : State::kDone)
        << name << ": " << after.reason;
    EXPECT_EQ(tree.changes_of(name), std::vector<std::string>()) << name;
  }
}

TEST(Tuning, LastsForEverySetting) {
  for (const std::string& name : kNames) {
    const TuningTree tree;
    EXPECT_EQ(tree.state(name), State::kNeeded) << name;
  }
}

TEST(Tuning, IsNeededForThisBootAloneAfterAReboot) {
  TuningTree tree;
  for (const std::string& name : kNames) ASSERT_TRUE(tree.apply(name).ok());
  tree.reboot();
  for (const std::string& name : kNames) {
    if (name == "memory_cgroup") continue;
    EXPECT_EQ(tree.state(name), State::kNeededThisBoot) << name;
    for (const std::string& change : tree.changes_of(name)) {
      EXPECT_FALSE(change.starts_with("write ")) << name << ": " << change;
    }
    EXPECT_EQ(tree.state(name), State::kDone) << name;
  }
}

TEST(Tuning, ChangesNothingThatTheRecordLeavesAlone) {
  TuningTree tree;
  tree.record.tuning = {{"rps", false}, {"tx_queue_length", false}};
  for (const std::string& name : kNames) {
    const SettingState state = tree.check(name);
    EXPECT_EQ(state.state, State::kOff) << name;
    EXPECT_EQ(state.reason, name == "rps" || name == "tx_queue_length" ? "off" : "left as the image has it") << name;
    EXPECT_EQ(tree.changes_of(name), std::vector<std::string>()) << name;
  }
}

TEST(Tuning, TakesItsOwnFilesBackWhenSwitchedOff) {
  TuningTree tree;
  for (const std::string& name : kNames) ASSERT_TRUE(tree.apply(name).ok());
  for (auto& [name, value] : tree.record.tuning) value = false;
  tree.put("/etc/sysctl.d/90-kraken-ip-forward.conf", "# somebody else's now\n");
  EXPECT_EQ(tree.state("ip_forward"), State::kOff);
  EXPECT_TRUE(tree.has("/etc/sysctl.d/90-kraken-ip-forward.conf"));
  for (const std::string name : {"receive_buffers", "fair_queue_bbr", "bridge_netfilter", "swap_off"}) {
    EXPECT_EQ(tree.state(name), State::kNeeded) << name;
    EXPECT_FALSE(tree.changes_of(name).empty()) << name;
    EXPECT_EQ(tree.state(name), State::kOff) << name;
  }
  EXPECT_FALSE(tree.has("/etc/sysctl.d/90-kraken-receive-buffers.conf"));
  EXPECT_FALSE(tree.has("/etc/modules-load.d/kraken-bridge-netfilter.conf"));
}

TEST(Tuning, ReportsWhatItDoesNotKnowOrCannotRead) {
  TuningTree tree;
  tree.record.tuning["warp"] = true;
  tree.record.tuning["rps"] = std::int64_t{4};
  tree.record.tuning["tx_queue_length"] = true;
  EXPECT_EQ(tree.state("warp"), State::kUnavailable);
  EXPECT_EQ(tree.state("rps"), State::kUnavailable);
  EXPECT_EQ(tree.state("tx_queue_length"), State::kUnavailable);
  EXPECT_EQ(tree.apply("warp").error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(tree.apply("rps").error().code(), ErrorCode::kInvalidArgument);
  for (const std::int64_t number : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1} << 32}) {
    tree.record.tuning["tx_queue_length"] = number;
    EXPECT_EQ(tree.state("tx_queue_length"), State::kUnavailable) << number;
  }
  EXPECT_TRUE(tree.system().changes().empty());
}

// A kernel, or a tree, that tells nothing: no failure, and nothing is written that could not be read back.
TEST(Tuning, SurvivesAnEmptyTree) {
  TuningTree tree;
  for (const char* top : {"/proc", "/sys", "/lib", "/etc", "/boot"}) tree.remove(top);
  tree.nics.clear();
  const std::set<std::string> later = {"usb_autosuspend_off", "eee_off", "tx_queue_length", "swap_off"};
  for (const std::string& name : kNames) {
    // These wait for an adapter, or for swap, that may come.
    EXPECT_EQ(tree.state(name), later.contains(name) ? State::kNeeded : State::kUnavailable) << name;
  }
}

// Power may go between any two changes; the next boot finishes the job.
TEST(Tuning, ConvergesAfterAFailureAtEveryChange) {
  for (const std::string& name : kNames) {
    for (int at = 1;; ++at) {
      TuningTree tree;
      tree.system().set_fault({test::Fault::Kind::kError, at, EIO});
      const Status status = tree.apply(name);
      tree.system().set_fault({});
      if (std::cmp_less(tree.system().changes().size(), at)) break;
      EXPECT_FALSE(status.ok()) << name << " at " << at;
      EXPECT_TRUE(status.error().what().starts_with(name + ": ")) << status.error().what();
      if (tree.state(name) == State::kNeeded || tree.state(name) == State::kNeededThisBoot) {
        ASSERT_TRUE(tree.apply(name).ok()) << name << " at " << at;
      }
      const State state = tree.state(name);
      EXPECT_TRUE(state == State::kDone || state == State::kNeedsReboot) << name << " at " << at;
    }
  }
}

TEST(Tuning, NeedsNoSystemdToSetWhatItCan) {
  for (const ErrorCode code : {ErrorCode::kNotFound, ErrorCode::kUnsupported}) {
    TuningTree tree;
    tree.system().set_programs([&](const std::vector<std::string>& argv) { return Error(code, argv.front()); });
    EXPECT_TRUE(tree.apply("rps").ok());
    EXPECT_EQ(tree.state("rps"), State::kDone);
  }
}

}  // namespace
}  // namespace kraken
