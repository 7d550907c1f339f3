#include "contract/node_secrets.h"
#include "steps/managers.h"
#include "steps/node_report.h"
#include "steps/registry.h"

namespace kraken {

namespace {

// What is the same for both kinds of Kubernetes.
struct Part {
  bool is_in = false;
  const SettledKubernetes* settled = nullptr;  // null: nothing was written down yet
  bool has_key = false;
  std::string key_problem;
  bool clock_is_set = false;
};

Part part_of(const Facts& facts, const NodeRecord& record) {
  if (facts.kubernetes) {
    const KubernetesFacts& part = *facts.kubernetes;
    return {is_settled_in(part, record), part.settled ? &*part.settled : nullptr, part.secrets.has_key,
            part.secrets.problem, part.clock_is_set};
  }
  if (!facts.k3s) return {};
  const K3sFacts& part = *facts.k3s;
  return {part.is_accepted, part.settled ? &*part.settled : nullptr, part.has_key, part.key_problem, part.clock_is_set};
}

Question make_question(const Facts& facts, const NodeRecord& record, const Part& part) {
  Json report = node_report(facts, record);
  report.set("orchestrator", record.cluster.orchestrator);
  if (facts.kubernetes && facts.kubernetes->version)
    report.set("kubeadm", report_text(facts.kubernetes->version->text));
  if (part.settled != nullptr && !part.settled->note.empty()) report.set("note", report_text(part.settled->note));
  Question question;
  question.kind = Question::Kind::kReport;
  question.report = format_json_line(report);
  return question;
}

class ClusterReportStep final : public Step {
 public:
  explicit ClusterReportStep(ClusterAccess access) : access_(std::move(access)) {}
  Stage stage() const override { return Stage::kCluster; }
  WaitsFor waits_for() const override { return WaitsFor::kManager; }
  Touches touches() const override { return Touches::kCluster; }
  std::string_view name() const override { return "cluster-report"; }
  bool concerns(const NodeRecord& record) const override { return is_kubeadm_node(record) || is_k3s_node(record); }
  Check check(const Facts& facts, const NodeRecord& record) const override;
  Status apply(const Facts& facts, const NodeRecord& record, System& system) const override;

 private:
  ClusterAccess access_;
};

Check ClusterReportStep::check(const Facts& facts, const NodeRecord& record) const {
  if (!concerns(record)) return Check::done("this cluster is no Kubernetes");
  if (is_first_manager(record)) return Check::done("this is the manager that the others report to");
  const Part part = part_of(facts, record);
  if (!part.is_in) return Check::impossible("this node is not in its cluster yet");
  if (part.settled != nullptr && part.settled->reported) {
    if (keeps_its_keys(record)) return Check::done("the manager has this node's report");
    if (part.has_key) return Check::needed("this node's secrets are not needed any more");
    return Check::done("the manager has this node's report, and the secrets for it are erased");
  }
  if (!part.has_key) return Check::impossible("this node cannot report to its manager: " + part.key_problem);
  return Check::needed("the manager does not have this node's report");
}

Status ClusterReportStep::apply(const Facts& facts, const NodeRecord& record, System& system) const {
  const Part part = part_of(facts, record);
  SettledKubernetes settled = part.settled == nullptr ? SettledKubernetes() : *part.settled;
  if (!settled.reported) {
    Managers managers(access_.broker, {record, system, part.clock_is_set});
    KRAKEN_ASSIGN(const Answer answer, managers.ask(make_question(facts, record, part)));
    if (answer.kind != Answer::Kind::kTaken) return Error(ErrorCode::kIo, "the manager did not take the report");
    settled.state = SettledKubernetes::State::kIn;
    settled.reported = true;
    KRAKEN_TRY(system.make_folder(kStateFolder));
    KRAKEN_TRY(system.replace_file(kSettledKubernetesPath, format_settled_kubernetes(settled), FileMode::kPublic));
  }
  return keeps_its_keys(record) ? ok_status() : system.erase_file(kNodeSecretsPath);
}

}  // namespace

std::unique_ptr<const Step> make_cluster_report_step(ClusterAccess access) {
  return std::make_unique<ClusterReportStep>(std::move(access));
}

}  // namespace kraken
