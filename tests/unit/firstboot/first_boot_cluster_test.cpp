#include <gtest/gtest.h>

#include <map>

#include "json/json.h"
#include "report/publish.h"
#include "run/first_boot.h"
#include "support/fake_network.h"
#include "support/swarm_node.h"

namespace kraken {
namespace {

// The frame around the steps: a node's tree, of which only the cluster's part is played.
class FirstBootClusterTest : public test::SwarmNodeTest {
 protected:
  FirstBootClusterTest() {
    put(kNodeRecordPath, format_node_record(record_));
    put("/proc/self/mountinfo", "31 24 179:1 / /boot/firmware rw,relatime shared:20 - vfat /dev/mmcblk0p1 rw\n");
    std::filesystem::create_directories(below(folder_.path(), "/boot/firmware"));
  }

  void put(std::string_view name, std::string_view content) {
    const auto path = below(folder_.path(), name);
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << content;
  }

  Outcome run(Stage stage) {
    const Steps steps = cluster_steps({engine_, broker_, ports_, folder_.path()});
    test::FakeNetwork network;
    RunOptions options{.root = folder_.path(), .record = below(folder_.path(), kNodeRecordPath), .stage = stage};
    return FirstBoot(options, {system_, network, nullptr, &engine_}, steps).run();
  }

  Json status() {
    const auto path = below(folder_.path(), "/boot/firmware") / kStatusJsonName;
    const auto text = read_whole_file(path, kStatusMaxSize);
    return text.ok() ? *parse_json(*text) : Json();
  }
  std::string step_state(std::size_t index) {
    const Json found = status();
    return *(*found.find("steps")->as_array())[index].find("state")->as_string();
  }
};

TEST_F(FirstBootClusterTest, TheNetworksRunLeavesTheClusterToTheNextOne) {
  engine_.silent = 1'000'000;
  EXPECT_EQ(run(Stage::kNetwork), Outcome::kDone);
  EXPECT_EQ(engine_.silent, 1'000'000) << "Docker is not asked: it waits for this run to end";
  EXPECT_TRUE(broker_.asked.empty());
}

TEST_F(FirstBootClusterTest, TheClustersRunJoinsReportsAndIsDone) {
  EXPECT_EQ(run(Stage::kCluster), Outcome::kDone);
  EXPECT_EQ(*status().find("state"), Json("done"));
  EXPECT_EQ(step_state(0), "done");
  EXPECT_EQ(step_state(1), "done");
  EXPECT_FALSE(std::filesystem::exists(below(folder_.path(), kNodeSecretsPath)));
  // The status says what the last run changed, and so is written once more.
  EXPECT_EQ(run(Stage::kCluster), Outcome::kDone);
  const auto changes = system_.changes().size();
  EXPECT_EQ(run(Stage::kCluster), Outcome::kDone);
  EXPECT_EQ(system_.changes().size(), changes) << "a node that is in its cluster is left alone";
}

TEST_F(FirstBootClusterTest, AManagerThatIsAwayIsAFailureThatTheNextRunMends) {
  const auto answers = broker_.answers;
  broker_.answers = nullptr;
  EXPECT_EQ(run(Stage::kCluster), Outcome::kNotDone);
  EXPECT_EQ(step_state(0), "failed");
  EXPECT_EQ(step_state(1), "impossible");
  broker_.answers = answers;
  EXPECT_EQ(run(Stage::kCluster), Outcome::kDone);
}

// It may be away for a week. systemd goes on asking, and the card is spared.
TEST_F(FirstBootClusterTest, AManagerThatStaysAwayIsAskedAgainWithoutFillingTheLog) {
  broker_.answers = nullptr;
  std::map<std::string, int> writes;
  for (int i = 0; i < 100; ++i) {
    const auto before = system_.changes().size();
    ASSERT_EQ(run(Stage::kCluster), Outcome::kNotDone) << i;
    if (i < 10) continue;
    const std::vector<std::string> changes(system_.changes().begin() + static_cast<std::ptrdiff_t>(before),
                                           system_.changes().end());
    for (const std::string& change : changes) ++writes[change];
  }
  EXPECT_EQ(writes["append /var/log/kraken-firstboot.log"], 0);
  // Once for a try, once for the first run that puts it off.
  EXPECT_LE(writes["write /boot/firmware/kraken-status.txt"], 2 * 8);
  EXPECT_GT(broker_.asked.size(), 0U);
}

// Whatever change was the last one before the power went, the next run finishes the job.
TEST_F(FirstBootClusterTest, AChangeThatFailsIsDoneByTheNextRun) {
  for (int at = 1; at < 40; ++at) {
    system_.set_fault(
        {.kind = test::Fault::Kind::kError, .at = static_cast<int>(system_.changes().size()) + at, .sys_errno = 5});
    static_cast<void>(run(Stage::kCluster));
    system_.set_fault({});
    ASSERT_EQ(run(Stage::kCluster), Outcome::kDone) << at;
    ASSERT_FALSE(std::filesystem::exists(below(folder_.path(), kNodeSecretsPath))) << at;
    ASSERT_TRUE(engine_.leave_swarm().ok());
    std::filesystem::remove_all(below(folder_.path(), "/var"));
    be(test::Who::kWorker);
  }
}

}  // namespace
}  // namespace kraken
