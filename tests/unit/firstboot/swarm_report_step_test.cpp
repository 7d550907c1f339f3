#include <gtest/gtest.h>

#include "support/swarm_node.h"

namespace kraken {
namespace {

using Kind = Answer::Kind;
using State = Check::State;
using test::Who;

using test::kBuilt;
using test::kNow;

class SwarmReportTest : public test::SwarmNodeTest {};

struct ClockCase {
  const char* name;
  UnixTime own;
  UnixTime managers;
  bool by_time_server;
  bool joins;
  UnixTime after;
};

TEST_F(SwarmReportTest, TheClockFollowsTheManagerWhenNoTimeServerHasSetIt) {
  const ClockCase cases[] = {
      {"behind", kBuilt, kNow + 90'000, false, true, kNow + 90'000},
      {"ahead", kNow + 90'000, kNow, false, true, kNow},
      {"near enough", kNow, kNow + 20, false, true, kNow},
      {"set by a time server", kNow, kNow + 90'000, true, true, kNow},
      {"manager before the image", kNow, kBuilt - 1, false, false, kNow},
      {"own clock before the image", kBuilt - 1, kBuilt + 5, false, true, kBuilt + 5},
  };
  for (const ClockCase& c : cases) {
    ASSERT_TRUE(engine_.leave_swarm().ok());
    manager_clock_ = c.managers;
    ASSERT_TRUE(system_.set_clock(c.own).ok());
    const auto flag = below(folder_.path(), kTimeSynchronized);
    std::filesystem::create_directories(flag.parent_path());
    if (c.by_time_server) std::ofstream(flag) << "";
    EXPECT_EQ(apply().ok(), c.joins) << c.name;
    EXPECT_EQ(system_.now(), c.after) << c.name;
    std::filesystem::remove(flag);
  }
}

TEST_F(SwarmReportTest, AReportIsDeliveredAndAWorkersKeyErased) {
  EXPECT_EQ(check("swarm-report").state, State::kImpossible) << "not in the swarm yet";
  ASSERT_TRUE(apply().ok());
  EXPECT_EQ(check("swarm-report").state, State::kNeeded);
  ASSERT_TRUE(apply("swarm-report").ok());
  const Question& report = broker_.asked.back().second;
  EXPECT_EQ(report.kind, Question::Kind::kReport);
  EXPECT_EQ(report.labels, record_.node.labels);
  EXPECT_EQ(report.swarm_node, engine_.state.node_id);
  EXPECT_TRUE(parse_question(format_question(report)).ok());
  EXPECT_FALSE(std::filesystem::exists(below(folder_.path(), kNodeSecretsPath)));
  EXPECT_EQ(check("swarm-report").state, State::kDone);
  EXPECT_EQ(check().state, State::kDone) << "a member needs no key";
}

TEST_F(SwarmReportTest, AKeyThatIsStillThereAfterAPowerCutIsErasedWithoutReportingAgain) {
  ASSERT_TRUE(apply().ok());
  settle(engine_.state.node_id, true);
  broker_.asked.clear();
  EXPECT_EQ(check("swarm-report").state, State::kNeeded);
  ASSERT_TRUE(apply("swarm-report").ok());
  EXPECT_TRUE(broker_.asked.empty());
  EXPECT_FALSE(std::filesystem::exists(below(folder_.path(), kNodeSecretsPath)));
}

TEST_F(SwarmReportTest, AReportThatIsNotTakenKeepsTheKey) {
  ASSERT_TRUE(apply().ok());
  said_ = Kind::kNotYet;
  EXPECT_FALSE(apply("swarm-report").ok());
  EXPECT_TRUE(std::filesystem::exists(below(folder_.path(), kNodeSecretsPath)));
}

TEST_F(SwarmReportTest, AManagersKeysStay) {
  be(Who::kSecond);
  ASSERT_TRUE(apply().ok());
  ASSERT_TRUE(apply("swarm-report").ok());
  EXPECT_TRUE(std::filesystem::exists(below(folder_.path(), kNodeSecretsPath)));
  EXPECT_EQ(check("swarm-report").state, State::kDone);
}

}  // namespace
}  // namespace kraken
