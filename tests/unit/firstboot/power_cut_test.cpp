// Whatever change the power goes at, or fails: the next boot finishes the job, and the node ends as if nothing had
// been.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include "support/fake_node.h"

namespace kraken {
namespace {

using test::FakeNode;
using test::FakeSystem;
using test::Fault;

constexpr std::string_view kStatusJson = "/boot/firmware/kraken-status.json";
constexpr std::string_view kStatusText = "/boot/firmware/kraken-status.txt";

bool says_done(const FakeNode& node) {
  return node.get(kStatusText).starts_with("kraken-firstboot: done\n");
}

// Runs in a child whose power is cut; answers whether it was cut before it ended by itself.
bool cut_run(const FakeNode& node, Fault fault) {
  const pid_t child = ::fork();
  if (child == 0) {
    FakeSystem system = node.system();
    system.set_fault(fault);
    ::_exit(node.run(system) == Outcome::kDone ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_TRUE(WEXITSTATUS(status) == test::kPowerCut || WEXITSTATUS(status) == 0) << WEXITSTATUS(status);
  return WEXITSTATUS(status) == test::kPowerCut;
}

std::map<std::string, std::string> without_status(std::map<std::string, std::string> files) {
  files.erase(std::string(kStatusJson));  // tells what the last run changed, which depends on where the first one ended
  return files;
}

TEST(PowerCut, ConvergesAfterAPowerCutAtEveryChange) {
  const FakeNode reference;
  ASSERT_EQ(reference.boot(), Outcome::kDone);
  int cuts = 0;
  for (const auto kind : {Fault::Kind::kCutBefore, Fault::Kind::kCutTorn, Fault::Kind::kCutAfter}) {
    for (int at = 1;; ++at) {
      const FakeNode node;
      if (!cut_run(node, {kind, at})) break;
      ++cuts;
      node.reboot();
      ASSERT_EQ(node.boot(), Outcome::kDone) << "cut at " << at;
      EXPECT_EQ(without_status(node.lasting()), without_status(reference.lasting())) << "cut at " << at;
      EXPECT_TRUE(says_done(node));
    }
  }
  EXPECT_GE(cuts, 3 * 12);
}

TEST(PowerCut, ConvergesThroughOneCutAfterTheOther) {
  const FakeNode reference;
  ASSERT_EQ(reference.boot(), Outcome::kDone);
  const FakeNode node;
  int boots = 0;
  // Each run gets one change further than the last.
  for (int at = 1; cut_run(node, {Fault::Kind::kCutTorn, at}); ++at) {
    node.reboot();
    ASSERT_LT(++boots, 50);
  }
  EXPECT_EQ(without_status(node.lasting()), without_status(reference.lasting()));
}

TEST(PowerCut, SurvivesAnErrorAtEveryChangeAndTheNextBootMendsIt) {
  for (const int sys_errno : {ENOSPC, EIO}) {
    for (int at = 1;; ++at) {
      const FakeNode node;
      FakeSystem system = node.system();
      system.set_fault({Fault::Kind::kError, at, sys_errno});
      static_cast<void>(node.run(system));
      if (std::cmp_less(system.changes().size(), at)) break;
      node.reboot();
      ASSERT_EQ(node.boot(), Outcome::kDone) << "error at " << at;
      EXPECT_TRUE(says_done(node)) << at;
      EXPECT_EQ(node.get("/etc/hostname"), "kraken-3\n");
    }
  }
}

}  // namespace
}  // namespace kraken
