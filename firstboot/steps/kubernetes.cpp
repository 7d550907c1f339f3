#include "steps/kubeadm_member.h"
#include "steps/managers.h"
#include "steps/registry.h"
#include "system/utc.h"

namespace kraken {

namespace {

Check check_program(const KubernetesFacts& facts) {
  if (facts.kubeadm.empty()) {
    return Check::impossible(
        "there is no kubeadm on this node: put kubeadm, kubelet and kubectl into an overlay or among the packages, and "
        "burn the card anew");
  }
  if (!facts.version) return Check::impossible("kubeadm cannot be used: " + facts.version_problem);
  if (api_of(*facts.version)) return Check::done("");
  return Check::impossible("kubeadm " + facts.version->text +
                           " cannot be used: of its configuration formats v1beta2, v1beta3 and v1beta4 are known here, "
                           "which are those of 1.15 and later versions of 1");
}

// The first manager needs no token of its own, and makes those of the others known.
Check check_secrets(const KubernetesFacts& facts, const NodeRecord& record) {
  const CardSecretsFacts& secrets = facts.secrets;
  const bool has_tokens = is_first_manager(record) ? secrets.has_all_tokens : secrets.has_token;
  if (!has_tokens) {
    return Check::impossible("this node has no bootstrap token" +
                             (secrets.problem.empty() ? "" : ": " + secrets.problem) + "; burn its card anew");
  }
  if (record.node.role != kManagerRole) return Check::done("");
  if (!secrets.has_pki) {
    return Check::impossible(
        "the cluster's certificate authorities are not (all) on this manager's card: burn it anew");
  }
  if (secrets.pki_hash != record.join->kubeadm->ca_hash) {
    return Check::impossible("the certificate authority on this manager's card is not the cluster's: burn it anew");
  }
  return Check::done("");
}

Check check_runtime(const RuntimeFacts& runtime) {
  if (runtime.kind == RuntimeFacts::Kind::kNone) return Check::impossible("there is no container runtime");
  if (!runtime.is_up) return Check::impossible(std::string(to_word(runtime.kind)) + " does not answer");
  if (runtime.cgroup_driver.empty()) return Check::impossible("the runtime's cgroup driver is not known");
  return Check::done("");
}

Check check_can_begin(const KubernetesFacts& facts, const NodeRecord& record) {
  if (Check program = check_program(facts); program.state != Check::State::kDone) return program;
  if (Check runtime = check_runtime(facts.runtime); runtime.state != Check::State::kDone) return runtime;
  if (facts.kubelet.program.empty()) return Check::impossible("there is no kubelet");
  return check_secrets(facts, record);
}

Check check_member(const Facts& facts, const NodeRecord& record) {
  const KubernetesFacts& kubernetes = *facts.kubernetes;
  if (kubernetes.files.client_expires < facts.clock) {
    return Check::impossible("the certificate of this node's kubelet was valid until " +
                             format_utc(kubernetes.files.client_expires) + ": burn its card anew");
  }
  if (has_leftovers(kubernetes)) return Check::needed("what was only needed to get into the cluster is still there");
  const std::string& note = kubernetes.settled->note;
  return Check::done("this node is part of its cluster, as " + record.node.role + (note.empty() ? "" : "; " + note));
}

class KubernetesStep final : public Step {
 public:
  explicit KubernetesStep(ClusterAccess access) : access_(std::move(access)) {}
  Stage stage() const override { return Stage::kCluster; }
  WaitsFor waits_for() const override { return WaitsFor::kManager; }
  Touches touches() const override { return Touches::kCluster; }
  std::string_view name() const override { return "kubernetes"; }
  bool concerns(const NodeRecord& record) const override { return is_kubeadm_node(record); }

  Check check(const Facts& facts, const NodeRecord& record) const override {
    if (!concerns(record)) return Check::done("this cluster is none of kubeadm's");
    if (!facts.kubernetes) return Check::impossible("the cluster was not looked at");
    const Membership membership = membership_of(*facts.kubernetes, record);
    switch (membership) {
      case Membership::kIn:
        return check_member(facts, record);
      case Membership::kBroken:
        return Check::impossible(describe(membership));
      case Membership::kFound:
        return Check::needed(describe(membership));
      case Membership::kNone:
      case Membership::kAlmost:
      case Membership::kHalf:
      case Membership::kForeign:
        break;
    }
    const Check begin = check_can_begin(*facts.kubernetes, record);
    return begin.state == Check::State::kDone ? Check::needed(describe(membership)) : begin;
  }

  Status apply(const Facts& facts, const NodeRecord& record, System& system) const override {
    return KubeadmMember(access_, {facts, record, system}).become();
  }

 private:
  ClusterAccess access_;
};

}  // namespace

std::unique_ptr<const Step> make_kubernetes_step(ClusterAccess access) {
  return std::make_unique<KubernetesStep>(std::move(access));
}

}  // namespace kraken
