#include "kubernetes/paths.h"
#include "steps/managers.h"
#include "steps/registry.h"
#include "steps/try_again.h"

namespace kraken {

namespace {

constexpr Patience kApplyPatience{9, std::chrono::seconds(6)};
constexpr std::chrono::seconds kApplyLimit{90};
constexpr std::chrono::seconds kLimit{240};  // no try is begun after it

class KubernetesAddonsStep final : public Step {
 public:
  Stage stage() const override { return Stage::kCluster; }
  Touches touches() const override { return Touches::kCluster; }
  std::string_view name() const override { return "kubernetes-addons"; }
  bool concerns(const NodeRecord& record) const override { return is_kubeadm_node(record) && is_first_manager(record); }
  Check check(const Facts& facts, const NodeRecord& record) const override;
  Status apply(const Facts& facts, const NodeRecord& record, System& system) const override;
};

Check KubernetesAddonsStep::check(const Facts& facts, const NodeRecord& record) const {
  if (!concerns(record)) return Check::done("the first manager of a cluster of kubeadm's does that");
  if (!facts.kubernetes) return Check::impossible("the cluster was not looked at");
  const KubernetesFacts& kubernetes = *facts.kubernetes;
  if (!is_settled_in(kubernetes, record)) return Check::impossible("there is no control plane yet");
  if (kubernetes.settled->addons)
    return Check::done("the manifests in " + std::string(kManifestsFolder) + " were applied");
  if (kubernetes.manifests.empty()) {
    return Check::done("there are no manifests in " + std::string(kManifestsFolder) +
                       ": without a network add-on the nodes do not get ready");
  }
  if (kubernetes.kubectl.empty())
    return Check::impossible("there is no kubectl on this node: burn the card anew with it");
  return Check::needed("the manifests in " + std::string(kManifestsFolder) + " were not applied yet");
}

// The control plane may just be starting, and what one manifest defines takes a moment until another may use it.
Status apply_manifest(const KubernetesFacts& facts, const std::string& manifest, const Deadline& deadline,
                      System& system) {
  const std::vector<std::string> argv = {facts.kubectl, "--kubeconfig", std::string(kAdminConf),
                                         "apply",       "-f",           manifest};
  return try_again(system, kApplyPatience, deadline, [&] { return system.run_program(argv, kApplyLimit); });
}

Status KubernetesAddonsStep::apply(const Facts& facts, const NodeRecord& /*record*/, System& system) const {
  const auto deadline = Deadline::after(kLimit);
  for (const std::string& manifest : facts.kubernetes->manifests) {
    KRAKEN_TRY(apply_manifest(*facts.kubernetes, manifest, deadline, system));
  }
  SettledKubernetes settled = *facts.kubernetes->settled;
  settled.addons = true;
  return system.replace_file(kSettledKubernetesPath, format_settled_kubernetes(settled), FileMode::kPublic);
}

}  // namespace

std::unique_ptr<const Step> make_kubernetes_addons_step() {
  return std::make_unique<KubernetesAddonsStep>();
}

}  // namespace kraken
