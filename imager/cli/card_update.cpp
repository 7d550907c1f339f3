#include "cli/card_update.h"

#include "burn/target_source.h"
#include "image/card_owner.h"

namespace kraken {

namespace {

Error refused(const Target& target, const std::string& why) {
  return {ErrorCode::kTargetRefused, target.name() +
                                         " was not changed: it cannot be told to hold a node of this cluster: " + why +
                                         ". Burn it without --update, or add --any-card to update it all the same"};
}

Result<CardNode> node_to_be(const NodeJob& job, const NodePlan& plan) {
  const std::string& cluster = job.cluster().name.value;
  KRAKEN_ASSIGN(const SshHostKey key, derive_ssh_host_key(job.secrets(), {cluster, plan.node_id, plan.node_name}));
  return CardNode{cluster, plan.node_id, plan.node_name, key.public_key};
}

std::string notice_of(const CardNode& before, const CardNode& after) {
  if (before.id == after.id) return "";
  return "the card was node " + std::to_string(before.id) + " (" + before.name + ") and becomes node " +
         std::to_string(after.id) + " (" + after.name + ")";
}

}  // namespace

Result<CardUpdate> prepare_update(const UpdateOf& update) {
  KRAKEN_ASSIGN(const CardNode after, node_to_be(update.job, update.image.plan));
  CardUpdate prepared{{kUpdateMarkPlace, format_update_mark(after)}, ""};
  const auto before = find_card_node(TargetSource(update.target), *update.image.image);
  if (!before.ok()) {
    if (update.options.any_card) return prepared;
    return refused(update.target, before.error().what());
  }
  const Status owner = check_owner(*before, after.cluster, update.job.secrets());
  if (owner.ok()) {
    prepared.notice = notice_of(*before, after);
    return prepared;
  }
  if (owner.error().code() != ErrorCode::kTargetRefused) return owner.error();
  if (!update.options.any_card) return refused(update.target, owner.error().what());
  return prepared;
}

}  // namespace kraken
