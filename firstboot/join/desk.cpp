#include "join/desk.h"

#include <algorithm>

#include "base/version.h"
#include "contract/node_secrets.h"
#include "kubernetes/paths.h"
#include "kubernetes/settled_kubernetes.h"
#include "sys/files.h"
#include "system/rooted_system.h"

namespace kraken {

namespace {

using Kind = Answer::Kind;

constexpr std::chrono::seconds kViewLife{2};
constexpr std::string_view kReady = "ready";
constexpr std::string_view kDown = "down";
constexpr std::string_view kAbsent = "absent";
constexpr std::string_view kIn = "in";
// An entry changes whenever its node says something: an update of an older one is refused.
constexpr int kUpdateTries = 3;

std::string report_path(std::uint32_t node) {
  return std::string(kReportsFolder) + "/" + std::to_string(node) + ".json";
}

const SwarmNode* find_entry(const std::vector<SwarmNode>& nodes, const std::string& id, const std::string& name) {
  const auto found = std::ranges::find_if(nodes, [&](const SwarmNode& n) { return n.id == id && n.host_name == name; });
  return found == nodes.end() ? nullptr : &*found;
}

std::string state_among(const std::vector<SwarmNode>& nodes, const std::string& name) {
  std::string state(kAbsent);
  for (const SwarmNode& node : nodes) {
    if (node.host_name == name && state != kReady) state = node.state.empty() ? "unknown" : node.state;
  }
  return state;
}

bool is_there(const std::vector<SwarmNode>& nodes, const std::string& name, std::string_view state) {
  return std::ranges::any_of(nodes, [&](const SwarmNode& n) { return n.host_name == name && n.state == state; });
}

}  // namespace

Answer JoinDesk::reply(Answer::Kind kind) const {
  Answer answer;
  answer.kind = kind;
  answer.time = site_.system.now();
  if (kind == Kind::kHello) answer.program = "kraken-firstboot " KRAKEN_VERSION;
  return answer;
}

Answer JoinDesk::say(Answer::Kind kind, std::string reason) const {
  Answer answer = reply(kind);
  answer.reason = std::move(reason);
  return answer;
}

const RecordHost* JoinDesk::find_host(std::uint32_t node) const {
  const auto found = std::ranges::find(site_.record.hosts, node, &RecordHost::id);
  return found == site_.record.hosts.end() ? nullptr : &*found;
}

Answer JoinDesk::answer(std::uint32_t node, const Question& question) {
  Answer answer = decide(node, question);
  if (answer.kind == Kind::kRefused) site_.log("node " + std::to_string(node) + " is refused: " + answer.reason);
  return answer;
}

Answer JoinDesk::decide(std::uint32_t node, const Question& question) {
  using Ask = Question::Kind;
  if (question.kind == Ask::kHello) return reply(Kind::kHello);
  if (question.kind == Ask::kTime) return reply(Kind::kTime);
  const bool is_for_nodes = question.kind == Ask::kJoin || question.kind == Ask::kReport;
  if (!is_for_nodes) {
    if (node != kWorkstationId) return say(Kind::kRefused, "only the workstation may ask that");
    return question.kind == Ask::kNodes ? nodes() : report_of(question.node);
  }
  const RecordHost* host = find_host(node);
  if (host == nullptr) return say(Kind::kRefused, "this manager's record has no node " + std::to_string(node));
  if (question.kind == Ask::kReport) return take_report(*host, question);
  if (is_swarm()) return join(*host, question);
  return say(Kind::kRefused, "a node of " + site_.record.cluster.orchestrator +
                                 " joins with what is on its card: there is no swarm here");
}

// What is left of it from before it was burned anew is forgotten first: it would stay for ever.
Answer JoinDesk::join(const RecordHost& host, const Question& question) {
  const View now = view();  // a copy: forget() gives it up
  if (!now.problem.empty()) return say(Kind::kNotYet, now.problem);
  if (find_entry(now.nodes, question.swarm_node, host.name) != nullptr) {
    Answer answer = reply(Kind::kMember);
    answer.swarm = now.swarm.id;
    return answer;
  }
  for (const SwarmNode& entry : now.nodes) {
    if (entry.host_name == host.name && entry.state == kDown) forget(entry);
  }
  Answer answer = reply(Kind::kToken);
  answer.swarm = now.swarm.id;
  answer.token = host.role == kManagerRole ? now.swarm.manager_token : now.swarm.worker_token;
  answer.managers = {site_.record.network.address};
  site_.log(host.name + " gets the join token of a " + host.role);
  return answer;
}

Answer JoinDesk::take_report(const RecordHost& host, const Question& question) {
  Status status;
  if (is_swarm()) {
    if (const View& now = view(); !now.problem.empty()) return say(Kind::kNotYet, now.problem);
    status = set_labels(host, question);
  }
  if (status.ok()) status = keep_report(host, question.report);
  if (!status.ok()) {
    site_.log(host.name + ": " + status.error().what());
    return say(Kind::kNotYet, status.error().what());
  }
  site_.log(host.name + " has reported");
  return reply(Kind::kTaken);
}

Status JoinDesk::set_labels(const RecordHost& host, const Question& question) {
  Status status;
  for (int i = 0; i < kUpdateTries; ++i) {
    look();
    if (!view_->problem.empty()) return Error(ErrorCode::kIo, view_->problem);
    const SwarmNode* found = find_entry(view_->nodes, question.swarm_node, host.name);
    if (found == nullptr) return Error(ErrorCode::kNotFound, "the swarm does not know this node yet");
    SwarmNode node = *found;
    if (!add_labels(node, question.labels)) return ok_status();
    status = site_.engine.update_node(node);
    if (status.ok()) break;
  }
  return status;
}

Status JoinDesk::keep_report(const RecordHost& host, const std::string& report) {
  const std::string path = report_path(host.id);
  const auto before = read_whole_file(below(site_.root, path), kMaxReport);
  if (before.ok() && *before == report) return ok_status();
  KRAKEN_TRY(site_.system.make_folder(kReportsFolder));
  return site_.system.replace_file(path, report, FileMode::kPrivate);
}

Answer JoinDesk::nodes() {
  Answer answer = reply(Kind::kNodes);
  for (const RecordHost& host : site_.record.hosts) {
    answer.nodes.push_back({host.id, host.name, host.role, state_of(host), has_report(host.id)});
  }
  return answer;
}

// Without a swarm to look at every node is absent, which is what is known; a node of a Kubernetes reports when it is
// in.
std::string JoinDesk::state_of(const RecordHost& host) {
  if (is_swarm()) return state_among(view().nodes, host.name);
  const bool is_in = host.id == site_.record.node.id ? is_in_itself() : has_report(host.id);
  return std::string(is_in ? kIn : kAbsent);
}

bool JoinDesk::is_in_itself() const {
  std::error_code ignored;
  if (site_.record.join->k3s) return std::filesystem::exists(below(site_.root, kK3sClient), ignored);
  const auto settled = read_settled_kubernetes(site_.root);
  return settled && settled->state == SettledKubernetes::State::kIn;
}

Answer JoinDesk::report_of(std::uint32_t node) {
  const auto report = read_whole_file(below(site_.root, report_path(node)), kMaxReport);
  Answer answer = reply(Kind::kReportOf);
  if (report.ok()) answer.report = *report;
  return answer;
}

bool JoinDesk::has_report(std::uint32_t node) const {
  return read_whole_file(below(site_.root, report_path(node)), kMaxReport).ok();
}

const JoinDesk::View& JoinDesk::view() {
  if (!view_ || std::chrono::steady_clock::now() - view_->taken > kViewLife) look();
  return *view_;
}

void JoinDesk::look() {
  View now;
  const Status status = look_at_swarm(now);
  if (!status.ok()) {
    now = View{};
    now.problem = status.error().what();
  }
  now.taken = std::chrono::steady_clock::now();
  view_ = std::move(now);
}

Status JoinDesk::look_at_swarm(View& view) {
  KRAKEN_ASSIGN(const EngineInfo info, site_.engine.info());
  if (info.swarm != SwarmState::kActive || !info.manages) {
    return Error(ErrorCode::kNotFound, "the swarm on " + site_.record.node.name + " is not up yet: its state is " +
                                           std::string(to_word(info.swarm)));
  }
  KRAKEN_ASSIGN(view.swarm, site_.engine.swarm());
  if (view.swarm.cluster != site_.record.cluster.name) {
    return Error(ErrorCode::kNotFound, site_.record.node.name + " is part of another swarm than that of the cluster " +
                                           site_.record.cluster.name);
  }
  KRAKEN_ASSIGN(view.nodes, site_.engine.nodes());
  return ok_status();
}

// A manager has a say in the raft until it is demoted; its entry goes the next time. Where the raft has no majority
// without it, the engine refuses, and a person must decide.
void JoinDesk::forget(const SwarmNode& node) {
  SwarmNode changed = node;
  if (node.is_manager) demote(changed);
  const Status status = node.is_manager ? site_.engine.update_node(changed) : site_.engine.remove_node(node.id);
  const std::string what = node.host_name + "'s old entry " + node.id + ", which is down,";
  site_.log(status.ok() ? what + (node.is_manager ? " is no manager any more" : " was removed")
                        : what + " could not be removed: " + status.error().what());
  if (status.ok()) view_.reset();
}

void JoinDesk::tidy() {
  if (!is_swarm()) return;
  const std::vector<SwarmNode> entries = view().nodes;
  for (const RecordHost& host : site_.record.hosts) {
    if (!is_there(entries, host.name, kReady)) continue;
    for (const SwarmNode& entry : entries) {
      if (entry.host_name == host.name && entry.state == kDown) forget(entry);
    }
  }
}

bool JoinDesk::is_complete() {
  const auto has_reported = [this](const RecordHost& host) {
    return host.id == site_.record.node.id || has_report(host.id);
  };
  if (!std::ranges::all_of(site_.record.hosts, has_reported)) return false;
  return !is_swarm() || std::ranges::all_of(site_.record.hosts, [&now = view()](const RecordHost& host) {
    return std::ranges::count(now.nodes, host.name, &SwarmNode::host_name) == 1 &&
           is_there(now.nodes, host.name, kReady);
  });
}

}  // namespace kraken
