#include "join/desk.h"

#include <gtest/gtest.h>

#include "contract/node_secrets.h"
#include "kubernetes/settled_kubernetes.h"
#include "support/fake_engine.h"
#include "support/fake_system.h"
#include "support/node_records.h"
#include "support/temp_folder.h"
#include "sys/files.h"

namespace kraken {
namespace {

using Kind = Answer::Kind;
using Ask = Question::Kind;

NodeRecord manager_record() {
  NodeRecord record = test::sample_record();
  record.node = {1, "kraken-1", "manager", "manager", {}};
  record.network.address = record.hosts.front().address;
  record.hosts[1].role = "manager";
  return record;
}

Question ask(Ask kind, const std::string& swarm_node = "") {
  Question question;
  question.kind = kind;
  question.swarm_node = swarm_node;
  return question;
}

class DeskTest : public ::testing::Test {
 protected:
  DeskTest() : engine_("kraken-1"), system_(folder_.path(), 1795000000) { engine_.put_into(swarm_, true); }

  JoinDesk desk() {
    return JoinDesk({folder_.path(), record_, engine_, system_,
                     [this](std::string_view line) { log_ += std::string(line) + "\n"; }});
  }
  Answer answer(std::uint32_t node, const Question& question) { return desk().answer(node, question); }

  test::TempFolder folder_;
  NodeRecord record_ = manager_record();
  test::FakeSwarm swarm_;
  test::FakeEngine engine_;
  test::FakeSystem system_;
  std::string log_;
};

TEST_F(DeskTest, ANodeGetsTheTokenOfTheRoleThatTheRecordGivesIt) {
  EXPECT_EQ(answer(3, ask(Ask::kJoin)).token, swarm_.document().worker_token);
  EXPECT_EQ(answer(2, ask(Ask::kJoin)).token, swarm_.document().manager_token);
  const Answer ticket = answer(3, ask(Ask::kJoin));
  EXPECT_EQ(ticket.kind, Kind::kToken);
  EXPECT_EQ(ticket.swarm, "swarm1");
  EXPECT_EQ(ticket.managers, std::vector<Ipv4>{record_.network.address});
  EXPECT_EQ(ticket.time, 1795000000);
  EXPECT_EQ(log_.find("SWMTKN"), std::string::npos) << "no token is logged";
}

TEST_F(DeskTest, StrangersAndQuestionsOfOthersAreRefused) {
  EXPECT_EQ(answer(99, ask(Ask::kJoin)).kind, Kind::kRefused);
  EXPECT_EQ(answer(kWorkstationId, ask(Ask::kJoin)).kind, Kind::kRefused);
  EXPECT_EQ(answer(kWorkstationId, ask(Ask::kReport)).kind, Kind::kRefused);
  EXPECT_EQ(answer(3, ask(Ask::kNodes)).kind, Kind::kRefused);
  EXPECT_EQ(answer(3, ask(Ask::kReportOf)).kind, Kind::kRefused);
  EXPECT_EQ(answer(3, ask(Ask::kTime)).kind, Kind::kTime);
  EXPECT_EQ(answer(3, ask(Ask::kHello)).kind, Kind::kHello);
}

TEST_F(DeskTest, NotYetWhileThereIsNoSwarmOrAnotherOne) {
  engine_.silent = 1;
  EXPECT_EQ(answer(3, ask(Ask::kJoin)).kind, Kind::kNotYet);
  swarm_.cluster = "other";
  EXPECT_EQ(answer(3, ask(Ask::kJoin)).kind, Kind::kNotYet);
  swarm_.cluster = "kraken";
  engine_.state.swarm = SwarmState::kPending;
  EXPECT_EQ(answer(3, ask(Ask::kJoin)).kind, Kind::kNotYet);
  engine_.state.swarm = SwarmState::kActive;
  EXPECT_EQ(answer(3, ask(Ask::kJoin)).kind, Kind::kToken);
}

TEST_F(DeskTest, AMemberIsToldSoAndGetsNoToken) {
  const std::string id = swarm_.add("kraken-3", false, "down");
  const Answer member = answer(3, ask(Ask::kJoin, id));
  EXPECT_EQ(member.kind, Kind::kMember);
  EXPECT_EQ(member.token, "");
  EXPECT_NE(swarm_.find(id), nullptr) << "its entry is its own";
}

TEST_F(DeskTest, AnotherNodesEntryMakesNobodyAMember) {
  const std::string id = swarm_.add("kraken-2", true);
  EXPECT_EQ(answer(3, ask(Ask::kJoin, id)).kind, Kind::kToken);
}

TEST_F(DeskTest, OnlyTheOldEntriesOfTheNodeThatAsksGoAndOnlyThoseThatAreDown) {
  const std::string old = swarm_.add("kraken-3", false, "down");
  const std::string ready = swarm_.add("kraken-3", false);
  const std::string unknown = swarm_.add("kraken-3", false, "unknown");
  const std::string others = swarm_.add("kraken-2", false, "down");
  const std::string foreign = swarm_.add("nas", false, "down");
  EXPECT_EQ(answer(3, ask(Ask::kJoin)).kind, Kind::kToken);
  EXPECT_EQ(swarm_.find(old), nullptr);
  for (const std::string& kept : {ready, unknown, others, foreign}) EXPECT_NE(swarm_.find(kept), nullptr) << kept;
}

TEST_F(DeskTest, AManagerIsDemotedBeforeItsEntryGoes) {
  const std::string old = swarm_.add("kraken-2", true, "down");
  answer(2, ask(Ask::kJoin));
  ASSERT_NE(swarm_.find(old), nullptr);
  EXPECT_FALSE(swarm_.find(old)->is_manager);
  answer(2, ask(Ask::kJoin));
  EXPECT_EQ(swarm_.find(old), nullptr);
}

TEST_F(DeskTest, TidyRemovesWhatIsDownBesideAReadyOneOfItsName) {
  const std::string old = swarm_.add("kraken-3", false, "down");
  desk().tidy();
  EXPECT_NE(swarm_.find(old), nullptr) << "the node may only be switched off";
  const std::string now = swarm_.add("kraken-3", false);
  desk().tidy();
  EXPECT_EQ(swarm_.find(old), nullptr);
  EXPECT_NE(swarm_.find(now), nullptr);
}

TEST_F(DeskTest, AReportSetsLabelsAndIsKept) {
  const std::string id = swarm_.add("kraken-3", false);
  Question report = ask(Ask::kReport, id);
  report.labels = {{"disk", "sd"}};
  report.report = R"({"model":"Raspberry Pi 3"})";
  engine_.stale_updates = 1;
  EXPECT_EQ(answer(3, report).kind, Kind::kTaken);
  EXPECT_EQ(swarm_.find(id)->labels.at("disk"), "sd");
  Question question = ask(Ask::kReportOf);
  question.node = 3;
  EXPECT_EQ(answer(kWorkstationId, question).report, report.report);
}

TEST_F(DeskTest, NobodySetsLabelsOfAnotherNode) {
  const std::string others = swarm_.add("kraken-2", false);
  Question report = ask(Ask::kReport, others);
  report.labels = {{"disk", "stolen"}};
  EXPECT_EQ(answer(3, report).kind, Kind::kNotYet);
  EXPECT_TRUE(swarm_.find(others)->labels.empty());
}

TEST_F(DeskTest, AnUpdateThatIsAlwaysStaleIsGivenUp) {
  const std::string id = swarm_.add("kraken-3", false);
  engine_.stale_updates = 1000;
  Question report = ask(Ask::kReport, id);
  report.labels = {{"a", "b"}};
  EXPECT_EQ(answer(3, report).kind, Kind::kNotYet);
  EXPECT_LT(engine_.calls.size(), 10U);
}

TEST_F(DeskTest, TheWorkstationSeesEveryNode) {
  swarm_.add("kraken-3", false, "down");
  swarm_.add("kraken-3", false);
  const Answer all = answer(kWorkstationId, ask(Ask::kNodes));
  ASSERT_EQ(all.nodes.size(), 3U);
  EXPECT_EQ(all.nodes[0], (NodeState{1, "kraken-1", "manager", "ready", false}));
  EXPECT_EQ(all.nodes[1].state, "absent");
  EXPECT_EQ(all.nodes[2].state, "ready");
}

TEST_F(DeskTest, CompleteWhenAllAreReadyOnceAndHaveReported) {
  swarm_.add("kraken-2", true);
  const std::string id = swarm_.add("kraken-3", false);
  EXPECT_FALSE(desk().is_complete());
  for (const std::uint32_t node : {2U, 3U}) {
    Question report = ask(Ask::kReport, swarm_.nodes[node - 1].id);
    report.report = "{}";
    EXPECT_EQ(answer(node, report).kind, Kind::kTaken);
  }
  EXPECT_TRUE(desk().is_complete());
  swarm_.add("kraken-3", false, "down");
  EXPECT_FALSE(desk().is_complete());
  swarm_.nodes.pop_back();
  swarm_.find(id)->state = "down";
  EXPECT_FALSE(desk().is_complete());
}

struct KubernetesCase {
  const char* name;
  NodeRecord record;
  const char* path;
  std::string content;
};

std::vector<KubernetesCase> kubernetes_cases() {
  return {{"kubeadm", test::kubeadm_record(), "/var/lib/kraken/kubernetes.json",
           format_settled_kubernetes({SettledKubernetes::State::kIn, "", "", false, false})},
          {"k3s", test::k3s_record(), "/var/lib/rancher/k3s/agent/client-kubelet.crt", "certificate"}};
}

TEST_F(DeskTest, NodesOfAKubernetesGetTheTimeAndReportAndNoToken) {
  for (const KubernetesCase& c : kubernetes_cases()) {
    record_ = c.record;
    record_.node = {1, "kraken-1", "manager", "manager", {}};
    engine_.silent = 1'000'000;
    EXPECT_EQ(answer(3, ask(Ask::kTime)).time, 1795000000) << c.name;
    EXPECT_EQ(answer(3, ask(Ask::kHello)).kind, Kind::kHello);
    EXPECT_EQ(answer(3, ask(Ask::kJoin)).kind, Kind::kRefused);
    EXPECT_NE(answer(3, ask(Ask::kJoin)).reason.find(c.name), std::string::npos);
    EXPECT_EQ(answer(99, ask(Ask::kReport)).kind, Kind::kRefused);
    EXPECT_EQ(engine_.silent, 1'000'000) << "there may be no Docker at all";
  }
}

TEST_F(DeskTest, AKubernetesIsCompleteWhenAllHaveReported) {
  for (const KubernetesCase& c : kubernetes_cases()) {
    record_ = c.record;
    record_.node = {1, "kraken-1", "manager", "manager", {}};
    std::filesystem::remove_all(below(folder_.path(), kReportsFolder));
    EXPECT_EQ(answer(kWorkstationId, ask(Ask::kNodes)).nodes[0].state, "absent") << c.name;
    const auto path = below(folder_.path(), c.path);
    std::filesystem::create_directories(path.parent_path());
    ASSERT_TRUE(write_file_atomically(path, c.content, 0644).ok());
    for (const std::uint32_t node : {2U, 3U}) {
      EXPECT_FALSE(desk().is_complete()) << c.name;
      Question report = ask(Ask::kReport);
      report.report = "{}";
      EXPECT_EQ(answer(node, report).kind, Kind::kTaken);
    }
    EXPECT_TRUE(desk().is_complete()) << c.name;
    for (const NodeState& node : answer(kWorkstationId, ask(Ask::kNodes)).nodes) EXPECT_EQ(node.state, "in") << c.name;
    desk().tidy();
  }
}

}  // namespace
}  // namespace kraken
