#include "steps/registry.h"
#include "steps/swarm_member.h"

namespace kraken {

namespace {

Check check_engine(const SwarmFacts& swarm) {
  if (!swarm.is_installed) {
    return Check::impossible(
        "there is no Docker on this node: name docker.io among the packages of the base or of an "
        "overlay, and burn the card anew");
  }
  if (swarm.is_too_old) return Check::impossible(swarm.problem);
  if (!swarm.engine) {
    const std::string reason = "Docker does not answer yet: " + swarm.problem;
    return swarm.settled ? Check::needed_this_boot(reason) : Check::needed(reason);
  }
  if (swarm.engine->live_restore) {
    return Check::impossible(
        "Docker's setting live-restore does not go with a swarm: take it out of "
        "/etc/docker/daemon.json and restart Docker");
  }
  if (swarm.engine->swarm == SwarmState::kLocked) {
    return Check::impossible("the swarm on this node is locked: unlock it with docker swarm unlock");
  }
  return Check::done("");
}

Check check_state(const EngineInfo& info) {
  switch (info.swarm) {
    case SwarmState::kActive:
      return Check::needed("Docker is part of a swarm that this program has not brought it into");
    case SwarmState::kPending:
      return Check::needed("Docker has begun to join a swarm, and is not part of it");
    case SwarmState::kError:
      return Check::needed("Docker's part in the swarm failed: " + info.error);
    case SwarmState::kInactive:
    case SwarmState::kLocked:
      break;
  }
  return Check::needed("Docker is not part of a swarm yet");
}

class SwarmStep final : public Step {
 public:
  explicit SwarmStep(ClusterAccess access) : access_(std::move(access)) {}
  Stage stage() const override { return Stage::kCluster; }
  WaitsFor waits_for() const override { return WaitsFor::kManager; }
  Touches touches() const override { return Touches::kCluster; }
  std::string_view name() const override { return "swarm"; }
  bool concerns(const NodeRecord& record) const override { return is_swarm_node(record); }

  Check check(const Facts& facts, const NodeRecord& record) const override;
  Status apply(const Facts& facts, const NodeRecord& record, System& system) const override {
    return SwarmMember(access_, {facts, record, system}).become();
  }

 private:
  ClusterAccess access_;
};

Check SwarmStep::check(const Facts& facts, const NodeRecord& record) const {
  if (!is_swarm_node(record)) return Check::done("this cluster is no Docker Swarm");
  if (!facts.swarm) return Check::impossible("the swarm was not looked at");
  const SwarmFacts& swarm = *facts.swarm;
  if (Check engine = check_engine(swarm); engine.state != Check::State::kDone) return engine;
  const EngineInfo& info = *swarm.engine;
  const bool is_settled = swarm.settled && !info.node_id.empty() && swarm.settled->node == info.node_id;
  if (is_settled && info.swarm == SwarmState::kActive) {
    const std::string note = swarm.settled->note.empty() ? "" : "; " + swarm.settled->note;
    return Check::done("the node " + info.node_id + " of the swarm " + swarm.settled->swarm + ", as " +
                       (info.manages ? "manager" : "worker") + note);
  }
  // In its swarm, whose managers it does not reach at the moment: nothing that lasts is missing.
  if (is_settled && info.swarm == SwarmState::kPending) {
    return Check::needed_this_boot("Docker does not reach the swarm's managers");
  }
  if (!swarm.has_key && !is_first_manager(record)) {
    return Check::impossible("this node cannot ask its manager: " + swarm.key_problem + "; burn its card anew");
  }
  return check_state(info);
}

}  // namespace

std::unique_ptr<const Step> make_swarm_step(ClusterAccess access) {
  return std::make_unique<SwarmStep>(std::move(access));
}

}  // namespace kraken
