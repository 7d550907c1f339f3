#include "contract/node_secrets.h"
#include "steps/node_report.h"
#include "steps/registry.h"
#include "steps/swarm_member.h"

namespace kraken {

namespace {

std::string make_report(const Facts& facts, const NodeRecord& record) {
  Json report = node_report(facts, record);
  report.set("docker", report_text(facts.swarm->engine->version));
  report.set("swarm_node", facts.swarm->engine->node_id);
  if (!facts.swarm->settled->note.empty()) report.set("note", report_text(facts.swarm->settled->note));
  return format_json_line(report);
}

class SwarmReportStep final : public Step {
 public:
  explicit SwarmReportStep(ClusterAccess access) : access_(std::move(access)) {}
  Stage stage() const override { return Stage::kCluster; }
  WaitsFor waits_for() const override { return WaitsFor::kManager; }
  Touches touches() const override { return Touches::kCluster; }
  std::string_view name() const override { return "swarm-report"; }
  bool concerns(const NodeRecord& record) const override { return is_swarm_node(record); }
  Check check(const Facts& facts, const NodeRecord& record) const override;
  Status apply(const Facts& facts, const NodeRecord& record, System& system) const override;

 private:
  ClusterAccess access_;
};

Check SwarmReportStep::check(const Facts& facts, const NodeRecord& record) const {
  if (!is_swarm_node(record)) return Check::done("this cluster is no Docker Swarm");
  if (is_first_manager(record)) return Check::done("this is the manager that the others report to");
  const auto& swarm = facts.swarm;
  const bool is_in = swarm && swarm->engine && swarm->engine->swarm == SwarmState::kActive && swarm->settled &&
                     swarm->settled->node == swarm->engine->node_id;
  if (!is_in) return Check::impossible("this node is not in the swarm yet");
  if (swarm->settled->reported) {
    if (keeps_its_keys(record)) return Check::done("the manager has this node's report");
    if (swarm->has_key) return Check::needed("this node's key for the join broker is not needed any more");
    return Check::done("the manager has this node's report, and the key for it is erased");
  }
  if (!swarm->has_key) return Check::impossible("this node cannot report to its manager: " + swarm->key_problem);
  return Check::needed("the manager does not have this node's report and labels");
}

Status SwarmReportStep::apply(const Facts& facts, const NodeRecord& record, System& system) const {
  SettledSwarm settled = *facts.swarm->settled;
  if (!settled.reported) {
    Question question;
    question.kind = Question::Kind::kReport;
    question.swarm_node = settled.node;
    question.labels = record.node.labels;
    question.report = make_report(facts, record);
    Managers managers(access_.broker, {record, system, facts.swarm->clock_is_set});
    KRAKEN_ASSIGN(const Answer answer, managers.ask(question));
    if (answer.kind != Answer::Kind::kTaken) return Error(ErrorCode::kIo, "the manager did not take the report");
    settled.reported = true;
    KRAKEN_TRY(system.replace_file(kSettledSwarmPath, format_settled_swarm(settled), FileMode::kPublic));
  }
  // A manager's keys are those of the nodes that may be burned again.
  return keeps_its_keys(record) ? ok_status() : system.erase_file(kNodeSecretsPath);
}

}  // namespace

std::unique_ptr<const Step> make_swarm_report_step(ClusterAccess access) {
  return std::make_unique<SwarmReportStep>(std::move(access));
}

}  // namespace kraken
