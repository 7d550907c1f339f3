// The last run of a boot on nodes of a cluster that kubeadm makes: whatever change the power goes at, also in the
// middle of kubeadm's own work, the next boots end as if nothing had been.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include "report/publish.h"
#include "support/kubeadm_node.h"

namespace kraken {
namespace {

using test::Fault;
using test::KubeadmNode;
using test::Who;

constexpr std::array<Who, 3> kAll = {Who::kFirst, Who::kSecond, Who::kWorker};

void prepare(KubeadmNode& node) {
  node.kubeadm.put("/etc/kraken/manifests/flannel.yaml", "kind: Namespace\n");
}

// Everything that lasts but for what tells of the way there.
std::map<std::string, std::string> lasting(const KubeadmNode& node) {
  std::map<std::string, std::string> files;
  for (const char* top : {"/etc", "/var"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(below(node.folder.path(), top))) {
      const std::string name = "/" + entry.path().lexically_relative(node.folder.path()).string();
      if (entry.is_regular_file() && name != kLogPath) files[name] = node.kubeadm.read(name);
    }
  }
  return files;
}

bool is_whole(const KubeadmNode& node) {
  return node.kubeadm.breaches.empty() && node.kubeadm.read("/var/lib/fake/last-phases") == "done" &&
         node.kubeadm.read(kKubernetesCa) == test::cluster_authority().certificate;
}

// Answers with kPowerCut, or how the run ended by itself: 0 when all is done.
int cut_boot(KubeadmNode& node, Fault fault) {
  const pid_t child = ::fork();
  if (child == 0) {
    node.system.set_fault(fault);
    ::_exit(node.boot() == Outcome::kDone ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status));
  return WEXITSTATUS(status);
}

TEST(KubernetesPowerCut, ConvergesAfterAPowerCutAtEveryChange) {
  for (const Who who : kAll) {
    KubeadmNode reference(who);
    prepare(reference);
    ASSERT_EQ(reference.boot(), Outcome::kDone) << reference.kubeadm.read("/boot/firmware/kraken-status.txt");
    ASSERT_TRUE(is_whole(reference));
    int cuts = 0;
    for (const auto kind : {Fault::Kind::kCutBefore, Fault::Kind::kCutTorn, Fault::Kind::kCutAfter}) {
      for (int at = 1;; ++at) {
        KubeadmNode node(who);
        prepare(node);
        const int ended = cut_boot(node, {kind, at});
        if (ended == 0) break;
        ASSERT_EQ(ended, test::kPowerCut);
        ++cuts;
        node.reboot();
        ASSERT_EQ(node.boot(), Outcome::kDone)
            << "cut at " << at << "\n"
            << node.kubeadm.read("/boot/firmware/kraken-status.txt") << ::testing::PrintToString(node.system.changes());
        EXPECT_TRUE(is_whole(node)) << "cut at " << at;
        EXPECT_EQ(lasting(node), lasting(reference)) << "cut at " << at;
      }
    }
    EXPECT_GE(cuts, 3 * 12);
  }
}

TEST(KubernetesPowerCut, ConvergesThroughOneCutAfterTheOther) {
  for (const Who who : kAll) {
    KubeadmNode reference(who);
    prepare(reference);
    ASSERT_EQ(reference.boot(), Outcome::kDone);
    KubeadmNode node(who);
    prepare(node);
    int at = 1;
    for (int boots = 0;; ++boots) {
      ASSERT_LT(boots, 300);
      const int ended = cut_boot(node, {Fault::Kind::kCutTorn, at});
      if (ended == 0) break;
      // Not cut: what was cut off so often is put off, more and more runs; so the cuts are the further apart.
      if (ended == test::kPowerCut) at += 1 + at / 4;
      node.reboot();
    }
    EXPECT_TRUE(is_whole(node));
    EXPECT_EQ(lasting(node), lasting(reference));
  }
}

TEST(KubernetesPowerCut, AnErrorAtAnyChangeIsMendedByTheNextRun) {
  for (const Who who : kAll) {
    for (int at = 1;; ++at) {
      KubeadmNode node(who);
      prepare(node);
      node.system.set_fault({Fault::Kind::kError, at, ENOSPC});
      static_cast<void>(node.boot());
      if (std::cmp_less(node.system.changes().size(), at)) break;
      node.system.set_fault({});
      ASSERT_EQ(node.boot(), Outcome::kDone) << "error at " << at << "\n"
                                             << node.kubeadm.read("/boot/firmware/kraken-status.txt");
      EXPECT_TRUE(is_whole(node)) << at;
    }
  }
}

TEST(KubernetesPowerCut, AFinishedNodeIsLeftAloneAndItsReportHasNoTokens) {
  for (const Who who : kAll) {
    KubeadmNode node(who);
    prepare(node);
    ASSERT_EQ(node.boot(), Outcome::kDone);
    ASSERT_EQ(node.boot(), Outcome::kDone);  // says once that nothing was changed
    const auto changes = node.system.changes().size();
    node.reboot();
    ASSERT_EQ(node.boot(), Outcome::kDone);
    EXPECT_EQ(node.system.changes().size(), changes);
    for (const std::string_view name : {kStatusTextName, kStatusJsonName}) {
      const std::string status = node.kubeadm.read("/boot/firmware/" + std::string(name));
      EXPECT_EQ(status.find("0123456789abcdef"), std::string::npos);
      EXPECT_EQ(status.find("swarm"), std::string::npos) << "steps of other clusters are not spoken of";
      EXPECT_NE(status.find("kubelet-unit"), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace kraken
