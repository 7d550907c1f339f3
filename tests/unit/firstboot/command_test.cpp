#include "run/command.h"

#include <gtest/gtest.h>

#include "report/publish.h"
#include "support/fake_node.h"

namespace kraken {
namespace {

using test::FakeNode;

int command(const std::vector<std::string>& words) {
  return run_command(words);
}

TEST(Command, RefusesWrongUsage) {
  EXPECT_EQ(command({}), 2);
  EXPECT_EQ(command({"walk"}), 2);
  EXPECT_EQ(command({"run", "twice"}), 2);
  EXPECT_EQ(command({"eject", "/dev/sr0", "/dev/sr1"}), 2);
  EXPECT_EQ(command({"run", "--root"}), 2);
  EXPECT_EQ(command({"run", "--force"}), 2);
  EXPECT_EQ(command({"--help"}), 0);
}

TEST(Command, RunsOnATreeAndTellsItsStatus) {
  const FakeNode node;
  const std::string root = node.root().string();
  node.put("/sys/dev/block/179:2/size", "32768\n");  // as large as its file system: nothing for the kernel to grow
  EXPECT_EQ(command({"status", "--root", root}), 1);
  EXPECT_EQ(command({"plan", "--root", root}), 0);
  EXPECT_EQ(node.get("/etc/hostname"), "raspberrypi\n");
  EXPECT_EQ(command({"run", "--root", root}), 0);
  EXPECT_EQ(node.get("/etc/hostname"), "kraken-3\n");
  EXPECT_EQ(command({"status", "--root", root}), 0);
}

TEST(Command, TellsWhenAnotherRunWouldBeUseless) {
  const FakeNode node;
  node.mount("xfs", "rw", "rw");
  EXPECT_EQ(command({"run", "--root", node.root().string()}), kExitStuck);
}

TEST(Command, NeverGrowsTheFileSystemThatATreeMerelyLiesOn) {
  const FakeNode node;
  const std::string root = node.root().string();
  EXPECT_EQ(command({"run", "--root", root}), 1);
  EXPECT_NE(node.get("/boot/firmware/kraken-status.txt").find("is not where a file system is mounted"),
            std::string::npos);
  EXPECT_EQ(command({"status", "--root", root}), 1);
}

TEST(Command, TakesARecordFromElsewhere) {
  const FakeNode node;
  node.put("/sys/dev/block/179:2/size", "32768\n");
  std::filesystem::rename(node.path(kNodeRecordPath), node.path("/elsewhere.json"));
  EXPECT_EQ(command({"run", "--root", node.root().string()}), kExitStuck);
  EXPECT_EQ(command({"run", "--record", node.path("/elsewhere.json").string(), "--root", node.root().string()}), 0);
}

TEST(Command, EjectsNothingThatIsNoKnownAdapter) {
  EXPECT_EQ(command({"eject"}), 1);
  EXPECT_EQ(command({"eject", "/dev/null"}), 1);
}

TEST(Command, LeavesThisMachinesNetworkAloneWhenItWorksOnATree) {
  const FakeNode node;
  node.put("/sys/dev/block/179:2/size", "32768\n");
  EXPECT_EQ(command({"run", "--root", node.root().string()}), 0);
  EXPECT_EQ(node.get("/boot/firmware/kraken-status.json").find("\"network\""), std::string::npos);
  EXPECT_EQ(command({"tune", "--root", node.root().string()}), 1);
  EXPECT_EQ(command({"eject", "/dev/sr0", "--root", node.root().string()}), 1);
}

}  // namespace
}  // namespace kraken
