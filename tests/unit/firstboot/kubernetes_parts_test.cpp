// The steps around kubeadm itself: runtime, the kubelet's unit, the manifests, the report.
#include <gtest/gtest.h>

#include "kubernetes/kubelet_unit.h"
#include "support/kubeadm_node.h"

namespace kraken {
namespace {

using State = Check::State;
using test::KubeadmNode;
using test::Who;

bool says(const Check& check, std::string_view what) {
  return check.reason.find(what) != std::string::npos;
}

TEST(KubernetesRuntime, ContainerdGetsTheDriverOfCgroup2AndIsStartedAgain) {
  KubeadmNode node;
  EXPECT_EQ(node.check("kubernetes-runtime").state, State::kNeeded);
  ASSERT_TRUE(node.apply("kubernetes-runtime").ok());
  EXPECT_TRUE(node.kubeadm.did("systemctl restart containerd.service"));
  EXPECT_NE(node.kubeadm.read(kContainerdConfig).find("SystemdCgroup = true"), std::string::npos);
  EXPECT_EQ(node.check("kubernetes-runtime").state, State::kDone);
  EXPECT_EQ(node.facts().kubernetes->runtime.cgroup_driver, "systemd");
}

TEST(KubernetesRuntime, WithCgroup1ContainerdStaysAsItIs) {
  KubeadmNode node;
  std::filesystem::remove(below(node.folder.path(), "/sys/fs/cgroup/cgroup.controllers"));
  const Check check = node.check("kubernetes-runtime");
  EXPECT_EQ(check.state, State::kDone) << check.reason;
  EXPECT_TRUE(says(check, "cgroupfs"));
}

TEST(KubernetesRuntime, AConfigurationThatContainerdDoesNotStartWithIsTakenBack) {
  KubeadmNode node;
  node.kubeadm.put(kContainerdConfig, "version = 2\n");
  node.kubeadm.restart_fails = true;
  EXPECT_FALSE(node.apply("kubernetes-runtime").ok());
  EXPECT_EQ(node.kubeadm.read(kContainerdConfig), "version = 2\n");
  EXPECT_EQ(node.kubeadm.count("systemctl restart containerd.service"), 2);
}

TEST(KubernetesRuntime, OneThatIsLateIsWaitedFor) {
  KubeadmNode node;
  ASSERT_TRUE(node.apply("kubernetes-runtime").ok());
  std::filesystem::remove_all(below(node.folder.path(), "/run"));
  EXPECT_EQ(node.check("kubernetes-runtime").state, State::kNeededThisBoot);
  EXPECT_EQ(node.check().state, State::kImpossible) << "kubeadm is not started without it";
  EXPECT_FALSE(node.apply("kubernetes-runtime").ok());
  int waited = 0;
  node.system.set_while_waiting([&] {
    if (++waited == 5) node.start();
  });
  EXPECT_TRUE(node.apply("kubernetes-runtime").ok());
}

TEST(KubernetesRuntime, DockerServesVersionsBefore124) {
  KubeadmNode node;
  node.kubeadm.put("/usr/sbin/dockerd", "");
  node.kubeadm.version = "v1.20.2";
  node.engine.state.cgroup_driver = "cgroupfs";
  EXPECT_EQ(node.check("kubernetes-runtime").state, State::kNeeded);
  EXPECT_EQ(node.facts().kubernetes->runtime.cri_socket, "/var/run/dockershim.sock");
  node.kubeadm.put(kDockerConfig, R"({"log-driver": "local"})");
  node.system.set_programs([&](const std::vector<std::string>& argv) {
    EXPECT_EQ(argv, (std::vector<std::string>{"systemctl", "restart", "docker.service"}));
    return (node.engine.state.cgroup_driver = "systemd", ok_status());
  });
  ASSERT_TRUE(node.apply("kubernetes-runtime").ok());
  EXPECT_NE(node.kubeadm.read(kDockerConfig).find("native.cgroupdriver=systemd"), std::string::npos);
  EXPECT_NE(node.kubeadm.read(kDockerConfig).find("log-driver"), std::string::npos);
  EXPECT_EQ(node.check("kubernetes-runtime").state, State::kDone);
  node.kubeadm.version = "v1.24.0";
  EXPECT_EQ(node.facts().kubernetes->runtime.kind, RuntimeFacts::Kind::kContainerd);
  node.kubeadm.put("/usr/bin/cri-dockerd", "");
  EXPECT_EQ(node.facts().kubernetes->runtime.kind, RuntimeFacts::Kind::kCriDockerd);
  EXPECT_EQ(node.facts().kubernetes->runtime.cri_socket, "unix:///run/cri-dockerd.sock");
}

TEST(KubernetesRuntime, AWrittenDriverThatDockerDoesNotUseYetIsAskedForAgain) {
  KubeadmNode node;
  node.kubeadm.put("/usr/sbin/dockerd", "");
  node.kubeadm.version = "v1.20.2";
  node.engine.state.cgroup_driver = "cgroupfs";
  ASSERT_TRUE(node.apply("kubernetes-runtime").ok());
  EXPECT_EQ(node.check("kubernetes-runtime").state, State::kNeededThisBoot) << "it was cut off before the restart";
  node.kubeadm.put(kDockerConfig, "[]");
  EXPECT_EQ(node.check("kubernetes-runtime").state, State::kImpossible);
}

TEST(KubernetesRuntime, WithoutAnyItIsImpossible) {
  KubeadmNode node;
  std::filesystem::remove(below(node.folder.path(), "/usr/bin/containerd"));
  EXPECT_TRUE(says(node.check("kubernetes-runtime"), "no container runtime"));
}

TEST(KubeletUnit, IsWrittenWhereTheImageHasNone) {
  KubeadmNode node;
  EXPECT_EQ(node.check("kubelet-unit").state, State::kNeeded);
  ASSERT_TRUE(node.apply("kubelet-unit").ok());
  EXPECT_TRUE(node.kubeadm.did("systemctl daemon-reload"));
  EXPECT_EQ(node.kubeadm.read(kKubeletUnit), kubelet_unit("/usr/bin/kubelet"));
  EXPECT_EQ(node.check("kubelet-unit").state, State::kDone);
}

TEST(KubeletUnit, ThePackagesOwnAreKept) {
  KubeadmNode node;
  node.kubeadm.put("/lib/systemd/system/kubelet.service", "[Service]\nExecStart=/usr/bin/kubelet\n");
  node.kubeadm.put("/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf", "[Service]\n");
  ASSERT_TRUE(node.apply("kubelet-unit").ok());
  EXPECT_FALSE(node.kubeadm.has(kKubeletUnit));
  EXPECT_FALSE(node.kubeadm.has(kKubeletDropIn));
  EXPECT_TRUE(node.kubeadm.has(kKubeletAtBoot)) << "it was not enabled";
  EXPECT_EQ(node.check("kubelet-unit").state, State::kDone);
}

TEST(KubernetesAddons, AreAppliedInTheOrderOfTheirNamesUntilItWorkedOnce) {
  KubeadmNode node(Who::kFirst);
  node.kubeadm.put("/etc/kraken/manifests/20-b.yaml", "");
  node.kubeadm.put("/etc/kraken/manifests/10-a.yaml", "");
  node.kubeadm.put("/etc/kraken/manifests/README", "");
  EXPECT_EQ(node.check("kubernetes-addons").state, State::kImpossible) << "there is no control plane yet";
  ASSERT_TRUE(node.apply().ok());
  EXPECT_EQ(node.check("kubernetes-addons").state, State::kNeeded);
  node.kubeadm.kubectl_failures = 1000;
  EXPECT_FALSE(node.apply("kubernetes-addons").ok());
  EXPECT_EQ(node.check("kubernetes-addons").state, State::kNeeded);
  node.kubeadm.kubectl_failures = 2;
  ASSERT_TRUE(node.apply("kubernetes-addons").ok());
  EXPECT_EQ(node.check("kubernetes-addons").state, State::kDone);
  EXPECT_EQ(node.system.changes()[node.system.changes().size() - 2],
            "run /usr/bin/kubectl --kubeconfig /etc/kubernetes/admin.conf apply -f /etc/kraken/manifests/20-b.yaml");
  EXPECT_FALSE(node.kubeadm.has("/var/lib/fake/README"));
  EXPECT_EQ(node.check().state, State::kDone) << "the cluster's own note is kept";
}

TEST(KubernetesAddons, WithoutManifestsItSaysWhatThatMeans) {
  KubeadmNode node(Who::kFirst);
  ASSERT_TRUE(node.apply().ok());
  EXPECT_EQ(node.check("kubernetes-addons").state, State::kDone);
  EXPECT_TRUE(says(node.check("kubernetes-addons"), "do not get ready"));
}

TEST(ClusterReport, AWorkersSecretsAreErasedWhenItsReportWasTaken) {
  KubeadmNode node;
  EXPECT_EQ(node.check("cluster-report").state, State::kImpossible) << "not in the cluster yet";
  ASSERT_TRUE(node.apply().ok());
  ASSERT_TRUE(node.apply("cluster-report").ok());
  const Question& report = node.broker.asked.back().second;
  EXPECT_EQ(report.kind, Question::Kind::kReport);
  EXPECT_NE(report.report.find("kubeadm"), std::string::npos);
  EXPECT_EQ(report.report.find("0123456789abcdef"), std::string::npos);
  EXPECT_TRUE(parse_question(format_question(report)).ok());
  EXPECT_FALSE(node.kubeadm.has(kNodeSecretsPath));
  EXPECT_EQ(node.check("cluster-report").state, State::kDone);
  EXPECT_EQ(node.check().state, State::kDone);
}

TEST(ClusterReport, AReportThatIsNotTakenKeepsThem) {
  KubeadmNode node;
  ASSERT_TRUE(node.apply().ok());
  node.broker.answers = nullptr;
  EXPECT_FALSE(node.apply("cluster-report").ok());
  EXPECT_TRUE(node.kubeadm.has(kNodeSecretsPath));
}

TEST(ClusterReport, SecretsThatAPowerCutLeftAreErasedWithoutReportingAgain) {
  KubeadmNode node;
  ASSERT_TRUE(node.apply().ok());
  ASSERT_TRUE(node.apply("cluster-report").ok());
  node.put_secrets();
  node.broker.asked.clear();
  EXPECT_EQ(node.check("cluster-report").state, State::kNeeded);
  ASSERT_TRUE(node.apply("cluster-report").ok());
  EXPECT_TRUE(node.broker.asked.empty());
  EXPECT_FALSE(node.kubeadm.has(kNodeSecretsPath));
}

TEST(ClusterReport, ManagersKeepTheirs) {
  KubeadmNode node(Who::kSecond);
  ASSERT_TRUE(node.apply().ok());
  ASSERT_TRUE(node.apply("cluster-report").ok());
  EXPECT_TRUE(node.kubeadm.has(kNodeSecretsPath));
  EXPECT_EQ(node.check("cluster-report").state, State::kDone);
}

}  // namespace
}  // namespace kraken
