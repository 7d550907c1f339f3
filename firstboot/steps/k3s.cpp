#include <functional>

#include "kubernetes/paths.h"
#include "steps/managers.h"
#include "steps/registry.h"
#include "steps/try_again.h"

namespace kraken {

namespace {

// A server of the size of a 3B takes minutes; an agent tries every five seconds, for ever.
constexpr Patience kK3sPatience{84, std::chrono::seconds(5)};
constexpr std::chrono::seconds kLimit{420};

class K3sStep final : public Step {
 public:
  explicit K3sStep(ClusterAccess access) : access_(std::move(access)) {}
  Stage stage() const override { return Stage::kCluster; }
  WaitsFor waits_for() const override { return WaitsFor::kManager; }
  Touches touches() const override { return Touches::kCluster; }
  std::string_view name() const override { return "k3s"; }
  bool concerns(const NodeRecord& record) const override { return is_k3s_node(record); }
  Check check(const Facts& facts, const NodeRecord& record) const override;
  Status apply(const Facts& facts, const NodeRecord& record, System& system) const override;

 private:
  ClusterAccess access_;
};

Check K3sStep::check(const Facts& facts, const NodeRecord& record) const {
  if (!concerns(record)) return Check::done("this cluster is none of k3s's");
  if (!facts.k3s) return Check::impossible("the cluster was not looked at");
  const K3sFacts& k3s = *facts.k3s;
  const std::string unit(k3s_unit(record));
  if (!k3s.has_program) {
    return Check::impossible("there is no " + std::string(kK3sProgram) +
                             " on this node: put it, and the images for nodes without the internet, into an overlay, "
                             "and burn the card anew");
  }
  if (!k3s.is_enabled) return Check::impossible("systemd does not start " + unit + ": burn the card anew");
  if (k3s.is_accepted) return Check::done("k3s has accepted this node, as " + record.node.role);
  return Check::needed_this_boot("k3s has not accepted this node yet");
}

// k3s does it by itself. What it waits for is in its own journal; here it can only be said that it does.
Status K3sStep::apply(const Facts& facts, const NodeRecord& record, System& system) const {
  Managers managers(access_.broker, {record, system, facts.k3s->clock_is_set});
  if (is_first_manager(record)) {
    KRAKEN_TRY(managers.check_clock());
  } else {
    // A server that is not up yet keeps the agent waiting as well.
    KRAKEN_TRY(managers.follow_time());
  }
  const auto look = [this] { return is_accepted_by_k3s(access_.root); };
  if (try_again(system, kK3sPatience, Deadline::after(kLimit), look, std::identity())) return ok_status();
  return Error(ErrorCode::kIo, std::string(is_first_manager(record) ? "" : "waiting for manager: ") +
                                   "k3s has not accepted this node yet; see journalctl -u " +
                                   std::string(k3s_unit(record)) + " on the node");
}

}  // namespace

std::unique_ptr<const Step> make_k3s_step(ClusterAccess access) {
  return std::make_unique<K3sStep>(std::move(access));
}

}  // namespace kraken
