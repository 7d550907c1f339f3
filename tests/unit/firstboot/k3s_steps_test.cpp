#include <gtest/gtest.h>

#include "kubernetes/paths.h"
#include "support/fake_broker.h"
#include "support/fake_engine.h"
#include "support/fake_network.h"
#include "support/fake_system.h"
#include "support/kubeadm_node.h"

namespace kraken {
namespace {

using State = Check::State;

class K3sTest : public ::testing::Test {
 protected:
  K3sTest() {
    Link bond;
    bond.index = 2;
    bond.name = "kr-bond0";
    network_.links = {bond};
    network_.addresses = {{2, record_.network.address, 24}};
    put(kK3sProgram, "");
    put("/etc/systemd/system/k3s-agent.service", "[Service]\nExecStart=/usr/local/bin/k3s agent\n");
    put("/etc/systemd/system/multi-user.target.wants/k3s-agent.service", "");
    NodeSecrets secrets;
    secrets.join_key = SecretBytes(kJoinKeySize);
    const SecretBytes text = format_node_secrets(secrets);
    std::filesystem::create_directories(below(folder_.path(), kNodeSecretsPath).parent_path());
    EXPECT_TRUE(write_file_atomically(below(folder_.path(), kNodeSecretsPath), as_text(text.view()), 0600).ok());
    broker_.answers = [](Ipv4 /*manager*/, const Question& question) -> Result<Answer> {
      Answer answer;
      answer.kind = question.kind == Question::Kind::kReport ? Answer::Kind::kTaken : Answer::Kind::kTime;
      answer.time = test::kNow;
      return answer;
    };
  }

  void put(std::string_view path, std::string_view content) {
    std::filesystem::create_directories(below(folder_.path(), path).parent_path());
    std::ofstream(below(folder_.path(), path), std::ios::binary) << content;
  }
  Facts facts() {
    Facts facts;
    facts.network.emplace();
    facts.network->state = network_;
    facts.k3s = gather_k3s(folder_.path(), record_);
    return facts;
  }
  Steps steps() {
    Steps all = cluster_steps({engine_, broker_, ports_, folder_.path()});
    all.push_back(make_k3s_interface_step());
    return all;
  }
  Check check(std::string_view name) {
    const Steps all = steps();
    return test::KubeadmNode::find(all, name).check(facts(), record_);
  }
  Status apply(std::string_view name) {
    const Steps all = steps();
    return test::KubeadmNode::find(all, name).apply(facts(), record_, system_);
  }
  std::string interface_file() const {
    const auto text = read_whole_file(below(folder_.path(), kK3sInterfaceFile), kMiB);
    return text.ok() ? *text : std::string();
  }
  void accept() { put(kK3sClient, test::kubelet_certificate()); }

  test::TempFolder folder_;
  NodeRecord record_ = test::k3s_record();
  NetworkState network_;
  test::FakeEngine engine_{"kraken-3"};
  test::FakeBroker broker_;
  test::FakePorts ports_;
  test::FakeSystem system_{folder_.path(), test::kNow};
};

TEST_F(K3sTest, ItIsToldTheInterfaceThatHasTheAddress) {
  EXPECT_EQ(check("k3s-interface").state, State::kNeeded);
  ASSERT_TRUE(apply("k3s-interface").ok());
  EXPECT_NE(interface_file().find("flannel-iface: \"kr-bond0\""), std::string::npos);
  EXPECT_NE(interface_file().find("node-ip: \"192.168.3.13\""), std::string::npos);
  EXPECT_EQ(check("k3s-interface").state, State::kDone);
  EXPECT_EQ(system_.changes().back(), "run systemctl --no-block try-restart k3s-agent.service");
}

TEST_F(K3sTest, AnInterfaceThatIsRenamedIsToldAnew) {
  ASSERT_TRUE(apply("k3s-interface").ok());
  network_.links.front().name = "eth1";
  EXPECT_EQ(check("k3s-interface").state, State::kNeeded);
  ASSERT_TRUE(apply("k3s-interface").ok());
  EXPECT_NE(interface_file().find("\"eth1\""), std::string::npos);
  network_.addresses.clear();
  EXPECT_EQ(check("k3s-interface").state, State::kImpossible);
  EXPECT_NE(interface_file().find("\"eth1\""), std::string::npos);
}

TEST_F(K3sTest, IsDoneWhenAServerHasAcceptedTheNode) {
  EXPECT_EQ(check("k3s").state, State::kNeededThisBoot);
  int waited = 0;
  system_.set_while_waiting([&] {
    if (++waited == 4) accept();
  });
  ASSERT_TRUE(apply("k3s").ok());
  EXPECT_EQ(check("k3s").state, State::kDone);
  EXPECT_EQ(waited, 4);
}

TEST_F(K3sTest, OneThatIsNotAcceptedIsNamed) {
  put(kK3sClient, "torn");
  const Status status = apply("k3s");
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.error().what().find("waiting for manager"), std::string::npos);
  EXPECT_NE(status.error().what().find("k3s-agent.service"), std::string::npos);
}

TEST_F(K3sTest, TheClockFollowsTheManagers) {
  ASSERT_TRUE(system_.set_clock(100).ok());
  accept();
  ASSERT_TRUE(apply("k3s").ok());
  EXPECT_EQ(system_.now(), test::kNow);
}

TEST_F(K3sTest, WithoutItsProgramOrUnitItIsImpossible) {
  std::filesystem::remove(below(folder_.path(), "/etc/systemd/system/multi-user.target.wants/k3s-agent.service"));
  EXPECT_NE(check("k3s").reason.find("k3s-agent.service"), std::string::npos);
  std::filesystem::remove(below(folder_.path(), kK3sProgram));
  EXPECT_EQ(check("k3s").state, State::kImpossible);
  EXPECT_NE(check("k3s").reason.find("overlay"), std::string::npos);
}

TEST_F(K3sTest, AWorkerReportsAndItsSecretsAreErased) {
  EXPECT_EQ(check("cluster-report").state, State::kImpossible);
  accept();
  EXPECT_EQ(check("cluster-report").state, State::kNeeded);
  ASSERT_TRUE(apply("cluster-report").ok());
  EXPECT_FALSE(std::filesystem::exists(below(folder_.path(), kNodeSecretsPath)));
  EXPECT_EQ(check("cluster-report").state, State::kDone);
  const auto changes = system_.changes().size();
  EXPECT_EQ(check("k3s").state, State::kDone);
  EXPECT_EQ(system_.changes().size(), changes);
}

TEST_F(K3sTest, OtherClustersHaveNothingToDo) {
  record_ = test::sample_record();
  for (const char* name : {"k3s", "k3s-interface", "cluster-report"})
    EXPECT_EQ(check(name).state, State::kDone) << name;
}

}  // namespace
}  // namespace kraken
