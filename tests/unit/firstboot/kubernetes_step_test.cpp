#include <gtest/gtest.h>

#include "support/kubeadm_node.h"

namespace kraken {
namespace {

using State = Check::State;
using test::KubeadmNode;
using test::Who;

bool says(const Check& check, std::string_view what) {
  return check.reason.find(what) != std::string::npos;
}

bool says(const Status& status, std::string_view what) {
  return !status.ok() && status.error().what().find(what) != std::string::npos;
}

void expect_in(KubeadmNode& node) {
  const Check check = node.check();
  EXPECT_EQ(check.state, State::kDone) << check.reason;
  EXPECT_EQ(node.kubeadm.breaches, std::vector<std::string>());
  EXPECT_FALSE(node.kubeadm.has(kKubeadmConfig));
  EXPECT_FALSE(node.kubeadm.has(kBootstrapConf));
  EXPECT_EQ(node.kubeadm.read(kKubernetesCa), test::cluster_authority().certificate);
  EXPECT_TRUE(node.settled() && node.settled()->state == SettledKubernetes::State::kIn);
}

TEST(KubernetesStep, AWorkerJoins) {
  KubeadmNode node;
  EXPECT_EQ(node.check().state, State::kNeeded);
  ASSERT_TRUE(node.apply().ok());
  EXPECT_EQ(node.kubeadm.calls, std::vector<std::string>{"kubeadm join"}) << "and nothing is reset";
  expect_in(node);
  EXPECT_TRUE(says(node.check(), "worker"));
  EXPECT_FALSE(says(node.check(), "Mem")) << "no check of a worker's";
}

TEST(KubernetesStep, TheFirstManagerMakesTheClusterOfItsAuthorities) {
  KubeadmNode node(Who::kFirst);
  ASSERT_TRUE(node.apply().ok());
  EXPECT_EQ(node.kubeadm.calls, std::vector<std::string>{"kubeadm init"});
  expect_in(node);
  EXPECT_EQ(node.kubeadm.read("/etc/kubernetes/pki/sa.key"), "secret of sa.key");
  EXPECT_EQ(node.kubeadm.read("/etc/kubernetes/pki/etcd/ca.key"), "secret of etcd/ca.key");
  const auto key = below(node.folder.path(), "/etc/kubernetes/pki/ca.key");
  EXPECT_EQ(std::filesystem::status(key).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_TRUE(says(node.check(), "check Mem was passed over: 908 MiB")) << node.check().reason;
  for (const NodePkiFile& file : kNodePkiFiles) {
    EXPECT_FALSE(node.kubeadm.has(std::string(kNodePkiFolder) + "/" + std::string(file.name))) << file.name;
  }
}

TEST(KubernetesStep, AnotherManagerJoinsWithTheAuthoritiesOfItsCard) {
  KubeadmNode node(Who::kSecond);
  ASSERT_TRUE(node.apply().ok());
  EXPECT_EQ(node.kubeadm.calls, std::vector<std::string>{"kubeadm join"});
  EXPECT_EQ(node.kubeadm.read("/etc/kubernetes/pki/ca.key"), "secret of ca.key");
  expect_in(node);
}

TEST(KubernetesStep, ASettledNodeIsLeftAloneAndAsksNobody) {
  for (const Who who : {Who::kFirst, Who::kSecond, Who::kWorker}) {
    KubeadmNode node(who);
    ASSERT_TRUE(node.apply().ok());
    node.kubeadm.calls.clear();
    const auto changes = node.system.changes().size();
    node.system.set_answers([](const auto&) -> Result<std::string> {
      ADD_FAILURE() << "a settled node's kubeadm is not asked";
      return Error(ErrorCode::kIo, "");
    });
    EXPECT_EQ(node.check().state, State::kDone);
    EXPECT_EQ(node.check("kubernetes-runtime").state, State::kDone);
    ASSERT_TRUE(node.apply().ok());
    EXPECT_EQ(node.system.changes().size(), changes);
  }
}

TEST(KubernetesStep, AJoinThatGaveUpIsResetAndDoneAgain) {
  for (const Who who : {Who::kFirst, Who::kSecond, Who::kWorker}) {
    KubeadmNode node(who);
    node.kubeadm.problem = "error execution phase: timed out waiting for the condition";
    const Status failed = node.apply();
    EXPECT_TRUE(says(failed, "timed out waiting for the condition"));
    EXPECT_FALSE(node.kubeadm.has(kKubeadmConfig)) << "tokens stay nowhere";
    EXPECT_EQ(node.check().state, State::kNeeded);
    node.kubeadm.problem.clear();
    if (who == Who::kSecond) {
      // What a manager's kubelet has got, and its etcd has not.
      EXPECT_FALSE(node.kubeadm.has(kEtcdManifest));
    }
    ASSERT_TRUE(node.apply().ok());
    EXPECT_TRUE(node.kubeadm.did("kubeadm reset -f --cri-socket unix:///run/containerd/containerd.sock"));
    expect_in(node);
  }
}

TEST(KubernetesStep, ANodeOfAnotherAuthorityIsResetAndSaysSo) {
  for (const Who who : {Who::kFirst, Who::kWorker}) {
    KubeadmNode node(who);
    node.kubeadm.make_member(test::other_authority());
    EXPECT_TRUE(says(node.check(), "another cluster"));
    ASSERT_TRUE(node.apply().ok());
    expect_in(node);
    EXPECT_TRUE(says(node.check(), "was reset"));
  }
}

TEST(KubernetesStep, WhatIsWholeAndWasNotWrittenDownIsTakenAsItIs) {
  for (const Who who : {Who::kFirst, Who::kSecond, Who::kWorker}) {
    KubeadmNode node(who);
    node.kubeadm.make_member(test::cluster_authority());
    EXPECT_EQ(node.check().state, State::kNeeded);
    ASSERT_TRUE(node.apply().ok());
    EXPECT_TRUE(node.kubeadm.calls.empty());
    expect_in(node);
  }
}

TEST(KubernetesStep, AControlPlaneThatLacksItsLastPhasesIsNotThrownAway) {
  for (const Who who : {Who::kFirst, Who::kSecond}) {
    KubeadmNode node(who);
    node.kubeadm.make_member(test::cluster_authority());
    node.settle(SettledKubernetes::State::kBegun);
    ASSERT_TRUE(node.apply().ok());
    EXPECT_EQ(node.kubeadm.calls.size(), 1U);
    EXPECT_TRUE(node.kubeadm.did(who == Who::kFirst ? "kubeadm init phase addon all"
                                                    : "kubeadm join phase control-plane-join all"));
    expect_in(node);
  }
}

TEST(KubernetesStep, AFirstManagerNeverThrowsItsClusterAway) {
  KubeadmNode node(Who::kFirst);
  ASSERT_TRUE(node.apply().ok());
  node.kubeadm.calls.clear();
  std::filesystem::remove(below(node.folder.path(), kKubeletConf));
  node.put_authorities();
  EXPECT_EQ(node.check().state, State::kImpossible);
  EXPECT_TRUE(says(node.check(), "throw the cluster away"));
  EXPECT_FALSE(node.apply().ok());
  EXPECT_TRUE(node.kubeadm.calls.empty());
}

TEST(KubernetesStep, AFirstManagerThatWasBurnedAnewMakesNoSecondCluster) {
  KubeadmNode node(Who::kFirst);
  node.ports.listens = [&](const TcpAddress& peer) {
    return peer.address == node.record.hosts[1].address && peer.port == kApiServerPort;
  };
  EXPECT_TRUE(says(node.apply(), "192.168.3.12 has a control plane"));
  EXPECT_TRUE(node.kubeadm.calls.empty());
  EXPECT_FALSE(node.settled());
}

TEST(KubernetesStep, AManagerThatIsAwayIsWaitedForBeforeKubeadmIsStarted) {
  KubeadmNode node;
  node.plane_is_up = false;
  EXPECT_TRUE(says(node.apply(), "waiting for manager"));
  EXPECT_GT(node.ports.knocks, 10);
  EXPECT_TRUE(node.kubeadm.calls.empty());
  int waited = 0;
  node.system.set_while_waiting([&] { node.plane_is_up = ++waited == 3; });
  EXPECT_TRUE(node.apply().ok());
}

struct ClockCase {
  const char* name;
  UnixTime own;
  UnixTime managers;
  bool by_time_server;
  bool joins;
  UnixTime after;
};

TEST(KubernetesStep, AClockWithoutATimeServerFollowsTheManagers) {
  const ClockCase cases[] = {
      {"1970", 100, test::kNow + 50, false, true, test::kNow + 50},
      {"the manager's is in 1970 as well", 100, 200, false, false, 100},
      {"set by a time server", test::kNow, test::kNow + 90'000, true, true, test::kNow},
      {"a time server that set it before the image was made", 100, test::kNow, true, false, 100},
  };
  for (const ClockCase& c : cases) {
    KubeadmNode node;
    ASSERT_TRUE(node.system.set_clock(c.own).ok());
    node.manager_clock = c.managers;
    if (c.by_time_server) node.kubeadm.put(kTimeSynchronized, "");
    EXPECT_EQ(node.apply().ok(), c.joins) << c.name;
    EXPECT_EQ(node.system.now(), c.after) << c.name;
    EXPECT_EQ(node.kubeadm.did("kubeadm join"), c.joins) << c.name;
  }
  KubeadmNode first(Who::kFirst);
  ASSERT_TRUE(first.system.set_clock(100).ok());
  EXPECT_TRUE(says(first.apply(), "the clock is behind"));
  EXPECT_TRUE(first.kubeadm.calls.empty());
}

TEST(KubernetesStep, ATokenThatIsRefusedIsSaidAndTriedAgain) {
  KubeadmNode node;
  node.kubeadm.problem = "could not find a JWS signature in the cluster-info ConfigMap for token ID \"abcdef\"";
  EXPECT_TRUE(says(node.apply(), "JWS signature"));
  EXPECT_EQ(node.check().state, State::kNeeded);
}

struct Obstacle {
  const char* what;  // is said
  Who who;
  std::function<void(KubeadmNode&)> put;
};

void remove_from(const KubeadmNode& node, std::string_view path) {
  std::filesystem::remove(below(node.folder.path(), path));
}

TEST(KubernetesStep, WhatCannotBeMendedHereIsSaid) {
  const std::vector<Obstacle> obstacles = {
      {"no kubeadm", Who::kWorker, [](KubeadmNode& n) { remove_from(n, "/usr/bin/kubeadm"); }},
      {"no kubelet", Who::kWorker, [](KubeadmNode& n) { remove_from(n, "/usr/bin/kubelet"); }},
      {"no container runtime", Who::kWorker, [](KubeadmNode& n) { remove_from(n, "/usr/bin/containerd"); }},
      {"v1.14.3 cannot be used", Who::kWorker, [](KubeadmNode& n) { n.kubeadm.version = "v1.14.3"; }},
      {"v2.0.0 cannot be used", Who::kWorker, [](KubeadmNode& n) { n.kubeadm.version = "v2.0.0"; }},
      {"does not say its version", Who::kWorker, [](KubeadmNode& n) { n.kubeadm.version = "help"; }},
      {"no bootstrap token", Who::kWorker, [](KubeadmNode& n) { remove_from(n, kNodeSecretsPath); }},
      {"no bootstrap token", Who::kFirst, [](KubeadmNode& n) { remove_from(n, kNodeSecretsPath); }},
      {"are not (all)", Who::kSecond, [](KubeadmNode& n) { remove_from(n, "/etc/kraken/pki/sa.key"); }},
      {"is not the cluster's", Who::kFirst,
       [](KubeadmNode& n) { n.kubeadm.put("/etc/kraken/pki/ca.crt", test::other_authority().certificate); }},
      {"may be read by others", Who::kWorker,
       [](KubeadmNode& n) { ::chmod(below(n.folder.path(), kNodeSecretsPath).c_str(), 0644); }},
  };
  for (const Obstacle& obstacle : obstacles) {
    KubeadmNode node(obstacle.who);
    obstacle.put(node);
    const Check check = node.check();
    EXPECT_EQ(check.state, State::kImpossible) << obstacle.what;
    EXPECT_TRUE(says(check, obstacle.what)) << check.reason;
  }
}

TEST(KubernetesStep, AMemberNeedsNoneOfThat) {
  KubeadmNode node;
  ASSERT_TRUE(node.apply().ok());
  for (const char* path : {"/usr/bin/kubeadm", "/usr/bin/containerd"}) remove_from(node, path);
  remove_from(node, kNodeSecretsPath);
  EXPECT_EQ(node.check().state, State::kDone);
}

TEST(KubernetesStep, ACertificateThatRanOutIsSaid) {
  KubeadmNode node;
  ASSERT_TRUE(node.apply().ok());
  ASSERT_TRUE(node.system.set_clock(test::kNow + UnixTime{40} * 365 * 86400).ok());
  EXPECT_EQ(node.check().state, State::kImpossible);
  EXPECT_TRUE(says(node.check(), "was valid until"));
}

TEST(KubernetesStep, OtherClustersHaveNothingToDo) {
  KubeadmNode node;
  node.record.join->kubeadm.reset();
  const Steps steps = node.steps();
  for (const char* name : {"kubernetes", "kubernetes-runtime", "kubelet-unit", "kubernetes-addons", "cluster-report"}) {
    EXPECT_FALSE(KubeadmNode::find(steps, name).concerns(node.record)) << name;
    EXPECT_EQ(KubeadmNode::find(steps, name).check({}, node.record).state, State::kDone) << name;
  }
}

}  // namespace
}  // namespace kraken
