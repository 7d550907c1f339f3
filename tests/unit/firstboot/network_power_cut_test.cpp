// Both runs of a boot, with network and tuning: whatever change the power goes at, the next boot ends as if nothing had
// been.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include "support/networked_node.h"

namespace kraken {
namespace {

using test::Fault;
using test::NetworkedNode;

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

// Taking up an adapter may draw more power than the board has: the node is not to boot for ever without a pause.
TEST(NetworkPowerCut, ANetworkThatResetsTheMachineIsTriedLessAndLessOften) {
  NetworkedNode node;
  node.resets_in_network_step = true;
  std::vector<int> tried;
  for (int boot = 1; boot <= 20; ++boot) {
    if (cut_boot(node, {})) tried.push_back(boot);
    node.node.reboot();
  }
  EXPECT_EQ(tried, (std::vector<int>{1, 2, 3, 4, 5, 7, 10, 15}));
  EXPECT_NE(node.node.get(kLogPath).find("network: the last try was cut off"), std::string::npos);
  node.resets_in_network_step = false;
  int boots = 1;
  while (node.boot({}) != Outcome::kDone && boots < 20) ++boots;
  EXPECT_LE(boots, kLongestWait + 1);
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
    if (std::cmp_less(node.changes.size(), at)) break;
    node.node.reboot();
    ASSERT_EQ(node.boot({}), Outcome::kDone) << "error at " << at << "\n"
                                             << node.node.get("/boot/firmware/kraken-status.txt");
  }
}

}  // namespace
}  // namespace kraken
