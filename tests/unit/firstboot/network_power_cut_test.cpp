// Both runs of a boot, with network and tuning: whatever change the power goes at, the next boot ends as if nothing had
// been.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include "support/fake_node.h"
#include "support/fake_stack.h"

namespace kraken {
namespace {

using test::FakeNetwork;
using test::FakeNode;
using test::FakeSystem;
using test::Fault;

NodeRecord record_with_tuning() {
  NodeRecord record = test::sample_record();
  record.tuning = {{"ip_forward", true}, {"tx_queue_length", std::int64_t{2000}}};
  return record;
}

class NetworkedNode {
 public:
  NetworkedNode() {
    node.put(kNodeRecordPath, format_node_record(record_));
    node.put("/usr/lib/systemd/system/NetworkManager.service", "[Service]\nExecStart=/bin/true\n");
    const auto wants = node.path("/etc/systemd/system/multi-user.target.wants");
    std::filesystem::create_directories(wants);
    std::filesystem::create_symlink("/usr/lib/systemd/system/NetworkManager.service", wants / "NetworkManager.service");
    std::filesystem::create_directories(node.path("/etc/NetworkManager/system-connections"));
    test::add_board_with_adapter(node.root());
    node.put("/proc/sys/net/ipv4/ip_forward", "0\n");
  }

  Outcome boot(Fault fault) const {
    FakeSystem system = node.system();
    system.set_fault(fault);
    FakeNetwork network = test::fake_network_of_board(record_);
    const auto look = [&] { test::play_network_manager(node.root(), record_, network); };
    look();  // at its start
    system.set_programs([&](const std::vector<std::string>&) { return (look(), ok_status()); });
    const Steps steps = all_steps(network);
    RunOptions options{.root = node.root(), .record = node.path(kNodeRecordPath), .stage = Stage::kEarly};
    static_cast<void>(FirstBoot(options, {system, network}, steps).run());
    options.stage = Stage::kNetwork;
    const Outcome outcome = FirstBoot(options, {system, network}, steps).run();
    changes = system.changes().size();
    return outcome;
  }

  // The status tells what the last run changed, which depends on where the first one ended.
  std::map<std::string, std::string> lasting() const {
    auto files = node.lasting();
    files.erase("/boot/firmware/kraken-status.json");
    return files;
  }

  FakeNode node;
  mutable std::size_t changes = 0;

 private:
  NodeRecord record_ = record_with_tuning();
};

// Answers whether the power was cut before the boot ended by itself.
bool cut_boot(const NetworkedNode& node, Fault fault) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(node.boot(fault) == Outcome::kDone ? 0 : 1);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status));
  return WEXITSTATUS(status) == test::kPowerCut;
}

TEST(NetworkPowerCut, ConvergesAfterAPowerCutAtEveryChange) {
  const NetworkedNode reference;
  ASSERT_EQ(reference.boot({}), Outcome::kDone) << reference.node.get("/boot/firmware/kraken-status.txt");
  EXPECT_TRUE(reference.lasting().contains(std::string(kSettledNetworkPath)));
  int cuts = 0;
  for (const auto kind : {Fault::Kind::kCutTorn, Fault::Kind::kCutAfter}) {
    for (int at = 1;; ++at) {
      const NetworkedNode node;
      if (!cut_boot(node, {kind, at})) break;
      ++cuts;
      node.node.reboot();
      ASSERT_EQ(node.boot({}), Outcome::kDone) << "cut at " << at;
      EXPECT_EQ(node.lasting(), reference.lasting()) << "cut at " << at;
    }
  }
  EXPECT_GE(cuts, 2 * 20);
}

TEST(NetworkPowerCut, AFinishedNodeIsLeftAlone) {
  const NetworkedNode node;
  ASSERT_EQ(node.boot({}), Outcome::kDone);
  node.node.reboot();
  ASSERT_EQ(node.boot({}), Outcome::kDone);
  const auto before = node.node.lasting();
  node.node.reboot();
  ASSERT_EQ(node.boot({}), Outcome::kDone);
  EXPECT_EQ(node.node.lasting(), before);
}

TEST(NetworkPowerCut, AnErrorAtAnyChangeIsMendedByTheNextBoot) {
  for (int at = 1;; ++at) {
    const NetworkedNode node;
    static_cast<void>(node.boot({Fault::Kind::kError, at, ENOSPC}));
    if (std::cmp_less(node.changes, at)) break;
    node.node.reboot();
    ASSERT_EQ(node.boot({}), Outcome::kDone) << "error at " << at << "\n"
                                             << node.node.get("/boot/firmware/kraken-status.txt");
  }
}

}  // namespace
}  // namespace kraken
