#include "kubernetes/kubelet_unit.h"
#include "steps/registry.h"

namespace kraken {

namespace {

constexpr std::chrono::seconds kReloadLimit{60};
constexpr std::string_view kSystemUnits = "/etc/systemd/system";

class KubeletUnitStep final : public Step {
 public:
  Stage stage() const override { return Stage::kCluster; }
  Touches touches() const override { return Touches::kCluster; }
  std::string_view name() const override { return "kubelet-unit"; }
  bool concerns(const NodeRecord& record) const override { return is_kubeadm_node(record); }
  Check check(const Facts& facts, const NodeRecord& record) const override;
  Status apply(const Facts& facts, const NodeRecord& record, System& system) const override;
};

Check KubeletUnitStep::check(const Facts& facts, const NodeRecord& record) const {
  if (!concerns(record)) return Check::done("this cluster is none of kubeadm's");
  if (!facts.kubernetes) return Check::impossible("the cluster was not looked at");
  const KubeletFacts& kubelet = facts.kubernetes->kubelet;
  if (kubelet.program.empty()) {
    return Check::impossible(
        "there is no kubelet on this node: put kubeadm, kubelet and kubectl into an overlay or among the packages, and "
        "burn the card anew");
  }
  if (!kubelet.has_unit) return Check::needed("systemd knows no kubelet.service, or it is masked");
  if (!kubelet.has_drop_in) return Check::needed("kubelet.service does not know what kubeadm tells the kubelet");
  if (!kubelet.is_enabled) return Check::needed("kubelet.service is not started at boot");
  return Check::done("kubelet.service is there, and started at boot");
}

Status KubeletUnitStep::apply(const Facts& facts, const NodeRecord& /*record*/, System& system) const {
  const KubeletFacts& kubelet = facts.kubernetes->kubelet;
  if (!kubelet.has_unit) {
    KRAKEN_TRY(system.make_folder(kSystemUnits));
    KRAKEN_TRY(system.replace_file(kKubeletUnit, kubelet_unit(kubelet.program), FileMode::kPublic));
  }
  if (!kubelet.has_drop_in) {
    KRAKEN_TRY(system.make_folder(kKubeletDropInFolder));
    KRAKEN_TRY(system.replace_file(kKubeletDropIn, kubelet_drop_in(kubelet.program), FileMode::kPublic));
  }
  if (!kubelet.is_enabled) {
    KRAKEN_TRY(system.make_folder(kKubeletAtBootFolder));
    KRAKEN_TRY(system.replace_file(kKubeletAtBoot, kubelet_at_boot(), FileMode::kPublic));
  }
  return system.run_program({"systemctl", "daemon-reload"}, kReloadLimit);
}

}  // namespace

std::unique_ptr<const Step> make_kubelet_unit_step() {
  return std::make_unique<KubeletUnitStep>();
}

}  // namespace kraken
