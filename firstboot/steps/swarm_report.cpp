#include "base/version.h"
#include "contract/node_secrets.h"
#include "steps/registry.h"

namespace kraken {

namespace {

constexpr std::size_t kLongestDetail = 1024;

// Plain ASCII: what the node's firmware says may be anything.
std::string plain(std::string_view text) {
  std::string line(text.substr(0, kLongestDetail));
  for (char& c : line) c = c < 0x20 || c > 0x7e ? '?' : c;
  return line;
}

std::string make_report(const Facts& facts, const NodeRecord& record) {
  Json report = Json::Object{{"program", "kraken-firstboot " KRAKEN_VERSION},
                             {"node", record.node.name},
                             {"model", plain(facts.model)},
                             {"kernel", plain(facts.kernel)},
                             {"docker", plain(facts.swarm->engine->version)},
                             {"swarm_node", facts.swarm->engine->node_id}};
  if (facts.network) report.set("network", plain(facts.network->proof.detail));
  if (facts.network) report.set("nic", plain(facts.network->choice.reason));
  if (!facts.swarm->settled->note.empty()) report.set("note", plain(facts.swarm->settled->note));
  return format_json_line(report);
}

class SwarmReportStep final : public Step {
 public:
  explicit SwarmReportStep(ClusterAccess access) : access_(access) {}
  Stage stage() const override { return Stage::kCluster; }
  WaitsFor waits_for() const override { return WaitsFor::kManager; }
  Touches touches() const override { return Touches::kSwarm; }
  std::string_view name() const override { return "swarm-report"; }
  Check check(const Facts& facts, const NodeRecord& record) const override;
  Status apply(const Facts& facts, const NodeRecord& record, System& system) const override;

 private:
  ClusterAccess access_;
};

bool keeps_its_key(const NodeRecord& record) {
  return record.node.role == kManagerRole;
}

Check SwarmReportStep::check(const Facts& facts, const NodeRecord& record) const {
  if (!is_swarm_node(record)) return Check::done("this cluster is no Docker Swarm");
  if (is_first_manager(record)) return Check::done("this is the manager that the others report to");
  const auto& swarm = facts.swarm;
  const bool is_in = swarm && swarm->engine && swarm->engine->swarm == SwarmState::kActive && swarm->settled &&
                     swarm->settled->node == swarm->engine->node_id;
  if (!is_in) return Check::impossible("this node is not in the swarm yet");
  if (swarm->settled->reported) {
    if (keeps_its_key(record)) return Check::done("the manager has this node's report");
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
    KRAKEN_ASSIGN(const Answer answer, SwarmMember(access_, {facts, record, system}).ask_managers(question));
    if (answer.kind != Answer::Kind::kTaken) return Error(ErrorCode::kIo, "the manager did not take the report");
    settled.reported = true;
    KRAKEN_TRY(system.replace_file(kSettledSwarmPath, format_settled_swarm(settled), FileMode::kPublic));
  }
  // A manager's keys are those of the nodes that may be burned again.
  return keeps_its_key(record) ? ok_status() : system.erase_file(kNodeSecretsPath);
}

}  // namespace

std::unique_ptr<const Step> make_swarm_report_step(ClusterAccess access) {
  return std::make_unique<SwarmReportStep>(access);
}

}  // namespace kraken
