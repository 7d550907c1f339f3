#include <gtest/gtest.h>

#include <sys/stat.h>

#include "support/swarm_node.h"

namespace kraken {
namespace {

using Kind = Answer::Kind;
using State = Check::State;
using test::Who;

class SwarmStepTest : public test::SwarmNodeTest {};

TEST_F(SwarmStepTest, AWorkerJoinsAndIsDone) {
  EXPECT_EQ(check().state, State::kNeeded);
  ASSERT_TRUE(apply().ok());
  EXPECT_TRUE(did("join " + swarm_.document().worker_token));
  EXPECT_FALSE(did("leave"));
  const Check after = check();
  EXPECT_EQ(after.state, State::kDone) << after.reason;
  EXPECT_NE(after.reason.find("worker"), std::string::npos);
}

TEST_F(SwarmStepTest, AnotherManagerJoinsAsOne) {
  be(Who::kSecond);
  ASSERT_TRUE(apply().ok());
  EXPECT_TRUE(did("join " + swarm_.document().manager_token));
  EXPECT_EQ(check().state, State::kDone);
}

TEST_F(SwarmStepTest, TheFirstManagerMakesTheSwarmOfItsRecord) {
  be(Who::kFirst);
  broker_.answers = nullptr;
  ASSERT_TRUE(apply().ok());
  EXPECT_TRUE(did("init"));
  EXPECT_EQ(engine_.init.cluster, "kraken");
  EXPECT_EQ(engine_.init.address, record_.network.address);
  EXPECT_EQ(engine_.init.address_pools, record_.join->swarm->address_pools);
  EXPECT_EQ(engine_.init.certificate_days, 3650);
  EXPECT_EQ(engine_.own.nodes.front().labels.at("disk"), "sd");
  EXPECT_EQ(check().state, State::kDone);
}

TEST_F(SwarmStepTest, AFirstManagerThatWasBurnedAnewJoinsTheSwarmThatTheOthersKept) {
  be(Who::kFirst);
  ASSERT_TRUE(apply().ok());
  EXPECT_FALSE(did("init"));
  EXPECT_TRUE(did("join " + swarm_.document().manager_token));
}

TEST_F(SwarmStepTest, AFirstManagerWhoseProgramWasCutOffAfterInitKeepsItsSwarm) {
  be(Who::kFirst);
  engine_.own.cluster = "kraken";
  engine_.put_into(engine_.own, true);
  ASSERT_TRUE(apply().ok());
  EXPECT_TRUE(!did("init") && !did("leave"));
  EXPECT_EQ(check().state, State::kDone);
}

TEST_F(SwarmStepTest, AFirstManagerInAForeignSwarmLeavesItAndSaysSo) {
  be(Who::kFirst);
  broker_.answers = nullptr;
  test::FakeSwarm foreign;
  foreign.cluster = "";
  engine_.put_into(foreign, true);
  ASSERT_TRUE(apply().ok());
  EXPECT_TRUE(did("leave") && did("init"));
  EXPECT_NE(check().reason.find("left it by force"), std::string::npos);
}

TEST_F(SwarmStepTest, AFirstManagerNeverGivesUpTheSwarmThatItMade) {
  be(Who::kFirst);
  for (const SwarmState state : {SwarmState::kPending, SwarmState::kError}) {
    engine_.put_into(engine_.own, true, state);
    engine_.state.manages = false;
    settle(engine_.state.node_id);
    EXPECT_FALSE(apply().ok());
    EXPECT_FALSE(did("leave")) << to_word(state);
    engine_.state.swarm = SwarmState::kInactive;
  }
}

struct Obstacle {
  const char* name;
  std::function<void(test::FakeEngine&)> put;
  State state;
};

TEST_F(SwarmStepTest, WhatCannotBeMendedHereIsSaid) {
  const std::vector<Obstacle> obstacles = {
      {"live-restore", [](auto& e) { e.state.live_restore = true; }, State::kImpossible},
      {"locked", [](auto& e) { e.state.swarm = SwarmState::kLocked; }, State::kImpossible},
      {"silent", [](auto& e) { e.silent = 1; }, State::kNeeded},
      {"pending", [](auto& e) { e.state.swarm = SwarmState::kPending; }, State::kNeeded},
      {"error", [](auto& e) { e.state.swarm = SwarmState::kError; }, State::kNeeded},
      {"foreign", [](auto& e) { e.state.swarm = SwarmState::kActive; }, State::kNeeded},
  };
  const EngineInfo fresh = engine_.state;
  for (const Obstacle& obstacle : obstacles) {
    engine_.state = fresh;
    obstacle.put(engine_);
    EXPECT_EQ(check().state, obstacle.state) << obstacle.name;
    engine_.silent = 0;
  }
}

TEST_F(SwarmStepTest, WithoutDockerOrAKeyItIsImpossible) {
  engine_.silent = 1;
  std::filesystem::remove(below(folder_.path(), "/usr/bin/dockerd"));
  EXPECT_EQ(check().state, State::kImpossible);
  std::filesystem::remove(below(folder_.path(), kNodeSecretsPath));
  EXPECT_EQ(check().state, State::kImpossible);
  be(Who::kFirst);
  std::filesystem::remove(below(folder_.path(), kNodeSecretsPath));
  EXPECT_EQ(check().state, State::kNeeded) << "who makes the swarm asks nobody";
}

TEST_F(SwarmStepTest, KeysThatOthersCanReadAreNotUsed) {
  ASSERT_EQ(::chmod(below(folder_.path(), kNodeSecretsPath).c_str(), 0644), 0);
  const Check refused = check();
  EXPECT_EQ(refused.state, State::kImpossible);
  EXPECT_NE(refused.reason.find("may be read by others"), std::string::npos);
}

TEST_F(SwarmStepTest, ClustersThatAreNoSwarmHaveNothingToDo) {
  record_.join->swarm.reset();
  EXPECT_EQ(check().state, State::kDone);
  EXPECT_EQ(check("swarm-report").state, State::kDone);
  record_.join.reset();
  EXPECT_EQ(check().state, State::kDone);
}

TEST_F(SwarmStepTest, AnEngineThatComesLateIsWaitedFor) {
  engine_.silent = 10;
  EXPECT_TRUE(apply().ok());
  ASSERT_TRUE(engine_.leave_swarm().ok());
  engine_.silent = 1'000'000;
  const Status status = apply();
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.error().what().find("Docker does not answer"), std::string::npos);
}

TEST_F(SwarmStepTest, AManagerThatIsAwayOrNotReadyIsWaitedForAndThenNamed) {
  said_ = Kind::kNotYet;
  const Status not_yet = apply();
  ASSERT_FALSE(not_yet.ok());
  EXPECT_NE(not_yet.error().what().find("waiting for manager: the swarm is not up yet"), std::string::npos);
  broker_.answers = nullptr;
  const Status away = apply();
  ASSERT_FALSE(away.ok());
  EXPECT_NE(away.error().what().find("waiting for manager"), std::string::npos);
  EXPECT_TRUE(engine_.calls.empty());
}

TEST_F(SwarmStepTest, ARefusalIsFinal) {
  said_ = Kind::kRefused;
  EXPECT_FALSE(apply().ok());
  EXPECT_EQ(broker_.asked.size(), 1U);
}

TEST_F(SwarmStepTest, TheSecondManagerIsAskedWhenTheFirstIsAway) {
  broker_.answers = [this](Ipv4 manager, const Question& question) -> Result<Answer> {
    if (manager == record_.join->managers.front()) return Error(ErrorCode::kIo, "connect");
    return answer(question);
  };
  EXPECT_TRUE(apply().ok());
}

TEST_F(SwarmStepTest, AJoinThatGoesOnInTheBackgroundIsWaitedFor) {
  engine_.joining = Error(ErrorCode::kIo, "Timeout was reached before node joined");
  engine_.pending = 20;
  EXPECT_TRUE(apply().ok());
  EXPECT_EQ(check().state, State::kDone);
}

TEST_F(SwarmStepTest, AJoinThatFailsSaysWhatTheEngineSaid) {
  engine_.joining = Error(ErrorCode::kIo, "remote CA does not match fingerprint");
  engine_.join_works = false;
  const Status status = apply();
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.error().what().find("fingerprint"), std::string::npos);
}

TEST_F(SwarmStepTest, WhatAPowerCutLeftPendingOrFailedIsLeftAndBegunAnew) {
  for (const SwarmState state : {SwarmState::kPending, SwarmState::kError}) {
    engine_.state.swarm = state;
    engine_.calls.clear();
    EXPECT_TRUE(apply().ok()) << to_word(state);
    EXPECT_TRUE(did("leave")) << to_word(state);
    ASSERT_TRUE(engine_.leave_swarm().ok());
  }
}

TEST_F(SwarmStepTest, AMemberWhoseManagersAreAwayIsNotTornOut) {
  engine_.put_into(swarm_, false, SwarmState::kPending);
  settle(engine_.state.node_id);
  EXPECT_EQ(check().state, State::kNeededThisBoot);
  EXPECT_FALSE(apply().ok());
  EXPECT_FALSE(did("leave"));
  engine_.pending = 3;
  EXPECT_TRUE(apply().ok());
  EXPECT_FALSE(did("leave"));
}

TEST_F(SwarmStepTest, AMemberWithoutItsKeyWaitsForItsManagersAndAsksNobody) {
  engine_.put_into(swarm_, false, SwarmState::kPending);
  settle(engine_.state.node_id, true);
  std::filesystem::remove(below(folder_.path(), kNodeSecretsPath));
  EXPECT_EQ(check().state, State::kNeededThisBoot);
  EXPECT_FALSE(apply().ok());
  engine_.pending = 40;
  EXPECT_TRUE(apply().ok());
  EXPECT_TRUE(broker_.asked.empty());
  EXPECT_EQ(check().state, State::kDone);
}

TEST_F(SwarmStepTest, AMemberWhoseDockerIsLateIsLeftAlone) {
  engine_.put_into(swarm_, false);
  settle(engine_.state.node_id, true);
  std::filesystem::remove(below(folder_.path(), kNodeSecretsPath));
  const auto changes = system_.changes().size();
  engine_.silent = 1;
  EXPECT_EQ(check().state, State::kNeededThisBoot);
  engine_.silent = 5;
  EXPECT_TRUE(apply().ok());
  EXPECT_TRUE(broker_.asked.empty());
  EXPECT_EQ(system_.changes().size(), changes);
}

TEST_F(SwarmStepTest, ANodeThatJoinedBeforeTheProgramCouldWriteItDownIsAMember) {
  engine_.put_into(swarm_, false);
  ASSERT_TRUE(apply().ok());
  EXPECT_TRUE(engine_.calls.empty());
  EXPECT_EQ(check().state, State::kDone);
}

TEST_F(SwarmStepTest, AWorkerInAForeignSwarmLeavesItAndSaysSo) {
  test::FakeSwarm foreign;
  foreign.id = "foreign";
  engine_.put_into(foreign, true);
  ASSERT_TRUE(apply().ok());
  EXPECT_TRUE(did("leave"));
  EXPECT_NE(check().reason.find("left it by force"), std::string::npos);
}

}  // namespace
}  // namespace kraken
