#include "steps/swarm_member.h"

#include <algorithm>

#include "join/deadline.h"
#include "system/utc.h"

namespace kraken {

namespace {

using Kind = Answer::Kind;

// Docker takes a minute to start on a small node.
constexpr std::chrono::seconds kEngineLimit{150};
constexpr int kEngineTries = 75;
constexpr std::chrono::milliseconds kBetweenTries{2000};
// A join that the engine goes on with in the background, and one that was under way before.
constexpr int kJoinTries = 45;
constexpr int kPendingTries = 15;
constexpr std::chrono::seconds kManagerLimit{150};
constexpr int kManagerTries = 20;
constexpr std::chrono::milliseconds kFirstPause{1000};
constexpr std::chrono::milliseconds kLongestPause{8000};
constexpr int kUpdateTries = 3;
// What certificates forgive is minutes; what a network's delay costs is less than a second.
constexpr UnixTime kClockTolerance = 30;

Question join_question(const std::string& swarm_node) {
  Question question;
  question.kind = Question::Kind::kJoin;
  question.swarm_node = swarm_node;
  return question;
}

// Asking again would not help: there is an answer, there is no key to ask with, or a clock must be set first.
bool is_final(const Result<Answer>& answer) {
  if (answer.ok()) return answer->kind != Kind::kNotYet;
  return answer.error().code() == ErrorCode::kNotFound || answer.error().code() == ErrorCode::kConfig;
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

bool is_first_manager(const NodeRecord& record) {
  return record.join && !record.join->managers.empty() && record.join->managers.front() == record.network.address;
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
  const auto deadline = Deadline::after(kEngineLimit);
  auto info = access_.engine.info();
  for (int i = 0; !info.ok() && i < kEngineTries && !deadline.passed(); ++i) {
    node_.system.pause(kBetweenTries);
    info = access_.engine.info();
  }
  return std::move(info).with_context("Docker does not answer");
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
  const auto ticket = ask_once(join_question(""));
  return ticket.ok() && ticket->kind == Kind::kToken ? join(*ticket) : make_swarm();
}

Status SwarmMember::make_swarm() {
  KRAKEN_TRY(check_clock());
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
  KRAKEN_ASSIGN(const Answer answer, ask_managers(join_question(info.node_id)));
  if (answer.kind == Kind::kMember) {
    if (info.swarm == SwarmState::kActive) return settle(answer.swarm, info.node_id);
    if (is_cut_off) return still(info);
    // Cut off in the middle of joining, or in a state that it does not get out of by itself.
    KRAKEN_TRY(leave(info, "Docker's part in the swarm had failed and was begun anew"));
    KRAKEN_ASSIGN(const Answer ticket, ask_managers(join_question("")));
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
  KRAKEN_TRY(check_clock());
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

Result<Answer> SwarmMember::ask_managers(const Question& question) {
  const auto deadline = Deadline::after(kManagerLimit);
  auto pause = kFirstPause;
  auto answer = ask_once(question);
  for (int i = 0; i < kManagerTries && !deadline.passed(); ++i) {
    if (is_final(answer)) break;
    node_.system.pause(pause);
    pause = std::min(2 * pause, kLongestPause);
    answer = ask_once(question);
  }
  if (!answer.ok()) return answer.error().with_context("waiting for manager");
  if (answer->kind == Kind::kNotYet) return Error(ErrorCode::kIo, "waiting for manager: " + answer->reason);
  if (answer->kind == Kind::kRefused) return Error(ErrorCode::kIo, "the manager refuses: " + answer->reason);
  return answer;
}

// The first manager that has something to say; else what the last one said.
Result<Answer> SwarmMember::ask_once(const Question& question) {
  Result<Answer> last = Error(ErrorCode::kNotFound, "there is no other manager to ask");
  for (const Ipv4 manager : node_.record.join->managers) {
    if (manager == node_.record.network.address) continue;
    last = access_.broker.ask(node_.record, manager, question);
    if (!last.ok()) continue;
    KRAKEN_TRY(follow_clock(last->time));
    if (last->kind != Kind::kNotYet) return last;
  }
  return last;
}

Status SwarmMember::follow_clock(UnixTime time) {
  const UnixTime now = node_.system.now();
  const bool is_near = std::max(now - time, time - now) <= kClockTolerance && now >= node_.record.build.clock;
  if (node_.facts.swarm->clock_is_set || is_near) return ok_status();
  if (time < node_.record.build.clock) {
    return Error(ErrorCode::kConfig, "the manager's clock, " + format_utc(time) +
                                         ", is behind the time at which this node's image was made: set the manager's");
  }
  return node_.system.set_clock(time);
}

// A certificate that is not valid yet is as bad as none.
Status SwarmMember::check_clock() const {
  const UnixTime floor = node_.record.build.clock;
  if (node_.system.now() >= floor) return ok_status();
  return Error(ErrorCode::kIo, "the clock is behind " + format_utc(floor) +
                                   ", when this image was made: certificates would not be valid");
}

}  // namespace kraken
