#include "steps/swarm_member.h"

#include <algorithm>

#include "steps/try_again.h"

namespace kraken {

namespace {

using Kind = Answer::Kind;

// Docker takes a minute to start on a small node.
constexpr std::chrono::seconds kEngineLimit{150};
constexpr Patience kEnginePatience{75, std::chrono::seconds(2)};
constexpr std::chrono::milliseconds kBetweenTries{2000};
// A join that the engine goes on with in the background, and one that was under way before.
constexpr int kJoinTries = 45;
constexpr int kPendingTries = 15;
constexpr int kUpdateTries = 3;

Question join_question(const std::string& swarm_node) {
  Question question;
  question.kind = Question::Kind::kJoin;
  question.swarm_node = swarm_node;
  return question;
}

Error still(const EngineInfo& info) {
  const std::string why = info.error.empty() ? "" : ": " + info.error;
  return Error(ErrorCode::kIo,
               "Docker's part in the swarm is " + std::string(to_word(info.swarm)) + why + "; it is looked at again");
}

}  // namespace

bool is_swarm_node(const NodeRecord& record) {
  return record.join && record.join->swarm;
}

bool SwarmMember::is_settled(const EngineInfo& info) const {
  const auto& settled = node_.facts.swarm->settled;
  return settled && !info.node_id.empty() && settled->node == info.node_id;
}

Status SwarmMember::become() {
  KRAKEN_ASSIGN(EngineInfo info, wait_for_engine());
  const int tries = is_settled(info) ? kJoinTries : kPendingTries;
  KRAKEN_ASSIGN(info, wait_while_pending(std::move(info), tries));
  // Docker was only late.
  if (is_settled(info) && info.swarm == SwarmState::kActive) return ok_status();
  return is_first_manager(node_.record) ? lead(info) : follow(info);
}

Result<EngineInfo> SwarmMember::wait_for_engine() {
  return try_again(node_.system, kEnginePatience, Deadline::after(kEngineLimit),
                   [this] { return access_.engine.info(); })
      .with_context("Docker does not answer");
}

Result<EngineInfo> SwarmMember::wait_while_pending(EngineInfo info, int tries) {
  for (int i = 0; info.swarm == SwarmState::kPending && i < tries; ++i) {
    node_.system.pause(kBetweenTries);
    KRAKEN_ASSIGN(info, access_.engine.info());
  }
  return info;
}

// A manager that has made its swarm never leaves it by itself: the swarm's state would be lost with it.
Status SwarmMember::lead(const EngineInfo& info) {
  if (info.swarm == SwarmState::kActive && info.manages) {
    KRAKEN_ASSIGN(const Swarm swarm, access_.engine.swarm());
    if (swarm.cluster == node_.record.cluster.name) return take_over(info);
  }
  if (is_settled(info)) return still(info);
  if (info.swarm == SwarmState::kActive) {
    KRAKEN_TRY(leave(info, "Docker was part of another swarm, as the node " + info.node_id));
  } else if (info.swarm != SwarmState::kInactive) {
    KRAKEN_TRY(leave(info, ""));
  }
  // A first manager that was burned anew finds its swarm at the other managers. Who does not answer has none.
  const auto ticket = managers_.ask_once(join_question(""));
  return ticket.ok() && ticket->kind == Kind::kToken ? join(*ticket) : make_swarm();
}

Status SwarmMember::make_swarm() {
  KRAKEN_TRY(managers_.check_clock());
  const NodeRecord& record = node_.record;
  const SwarmSettings& wanted = *record.join->swarm;
  const Status status = access_.engine.init_swarm(
      {record.cluster.name, record.network.address, wanted.address_pools, wanted.pool_prefix, wanted.certificate_days});
  KRAKEN_ASSIGN(EngineInfo info, access_.engine.info());
  KRAKEN_ASSIGN(info, wait_while_pending(std::move(info), kPendingTries));
  if (info.swarm == SwarmState::kActive && info.manages) return take_over(info);
  return status.ok() ? Status(still(info)) : status;
}

Status SwarmMember::take_over(const EngineInfo& info) {
  KRAKEN_ASSIGN(const Swarm swarm, access_.engine.swarm());
  KRAKEN_TRY(label_self(info.node_id));
  return settle(swarm.id, info.node_id);
}

Status SwarmMember::label_self(const std::string& node_id) {
  Status status;
  for (int i = 0; i < kUpdateTries; ++i) {
    KRAKEN_ASSIGN(auto nodes, access_.engine.nodes());
    const auto self = std::ranges::find(nodes, node_id, &SwarmNode::id);
    if (self == nodes.end()) return Error(ErrorCode::kIo, "the swarm does not know its own manager");
    if (!add_labels(*self, node_.record.node.labels)) return ok_status();
    status = access_.engine.update_node(*self);
    if (status.ok()) break;
  }
  return status;
}

Status SwarmMember::follow(const EngineInfo& info) {
  const bool is_cut_off = is_settled(info) && info.swarm == SwarmState::kPending;
  // Its managers are away, and its key was erased long ago.
  if (is_cut_off && !node_.facts.swarm->has_key) return still(info);
  KRAKEN_ASSIGN(const Answer answer, managers_.ask(join_question(info.node_id)));
  if (answer.kind == Kind::kMember) {
    if (info.swarm == SwarmState::kActive) return settle(answer.swarm, info.node_id);
    if (is_cut_off) return still(info);
    // Cut off in the middle of joining, or in a state that it does not get out of by itself.
    KRAKEN_TRY(leave(info, "Docker's part in the swarm had failed and was begun anew"));
    KRAKEN_ASSIGN(const Answer ticket, managers_.ask(join_question("")));
    return join(ticket);
  }
  if (info.swarm == SwarmState::kActive) {
    KRAKEN_TRY(leave(info, "Docker was part of another swarm, as the node " + info.node_id));
  } else if (info.swarm != SwarmState::kInactive) {
    KRAKEN_TRY(leave(info, ""));
  }
  return join(answer);
}

Status SwarmMember::leave(const EngineInfo& info, const std::string& why) {
  if (!why.empty()) note_ = why + ", and has left it by force";
  const Status status = access_.engine.leave_swarm();
  KRAKEN_ASSIGN(const EngineInfo left, access_.engine.info());
  if (left.swarm == SwarmState::kInactive) return ok_status();
  const Status failed = status.ok() ? Status(still(left)) : status;
  return failed.error().with_context("leave a swarm in which Docker is " + std::string(to_word(info.swarm)));
}

// Whether the engine says that it worked is not looked at: it goes on in the background.
Status SwarmMember::join(const Answer& ticket) {
  if (ticket.kind != Kind::kToken) return Error(ErrorCode::kIo, "the manager gave no join token");
  KRAKEN_TRY(managers_.check_clock());
  const Status status = access_.engine.join_swarm({node_.record.network.address, ticket.managers, ticket.token});
  KRAKEN_ASSIGN(EngineInfo info, access_.engine.info());
  KRAKEN_ASSIGN(info, wait_while_pending(std::move(info), kJoinTries));
  if (info.swarm == SwarmState::kActive) return settle(ticket.swarm, info.node_id);
  return status.ok() ? Status(still(info)) : status;
}

Status SwarmMember::settle(const std::string& swarm, const std::string& node_id) {
  SettledSwarm settled{swarm, node_id, note_, false};
  const auto& before = node_.facts.swarm->settled;
  if (before && before->swarm == swarm && before->node == node_id) settled = *before;
  KRAKEN_TRY(node_.system.make_folder(kStateFolder));
  return node_.system.replace_file(kSettledSwarmPath, format_settled_swarm(settled), FileMode::kPublic);
}

}  // namespace kraken
