#include "run/join_broker_command.h"

#include <fcntl.h>

#include <cstdio>
#include <memory>
#include <thread>

#include "join/broker.h"
#include "join/desk.h"
#include "join/engine_docker.h"
#include "join/listener.h"
#include "join/node_key.h"
#include "run/first_boot.h"
#include "system/rooted_system.h"

namespace kraken {

namespace {

using namespace std::chrono_literals;

// A node that was burned anew has it started again.
constexpr auto kIdleWhenComplete = 60s;
constexpr auto kIdleAtMost = 600s;
constexpr auto kPauseAfterFailure = 5s;
// Docker runs on this node: what it does not say at once, it says to the one who asks again.
constexpr auto kEnginePatience = 5s;

void log_line(std::string_view text) {
  const std::string line = std::string(text) + "\n";
  std::fwrite(line.data(), 1, line.size(), stderr);
}

Result<NodeSecrets> read_keys(const std::filesystem::path& root) {
  KRAKEN_ASSIGN(NodeSecrets secrets, read_node_secrets(root));
  if (!secrets.join_keys.empty()) return secrets;
  return Error(ErrorCode::kConfig, "this node has no keys of other nodes: only managers are asked");
}

// The identities that this broker answers: its own cluster's.
PskFinder make_finder(const NodeRecord& record, const NodeSecrets& secrets) {
  return [&](std::string_view identity) -> std::optional<std::span<const std::byte>> {
    const auto node = node_of_join_identity(record.cluster.name, identity);
    const auto key = node ? secrets.join_keys.find(*node) : secrets.join_keys.end();
    if (key == secrets.join_keys.end()) return std::nullopt;
    return key->second.view();
  };
}

std::string answer_text(JoinDesk& desk, std::uint32_t node, std::string_view text) {
  const auto question = parse_question(text);
  if (question.ok()) return format_answer(desk.answer(node, *question));
  log_line("node " + std::to_string(node) + " is refused: " + question.error().what());
  return format_answer(desk.refuse(question.error().what()));
}

bool go_on(JoinDesk& desk, std::chrono::steady_clock::duration idle) {
  desk.tidy();
  return idle < kIdleWhenComplete || (idle < kIdleAtMost && !desk.is_complete());
}

std::unique_ptr<System> system_at(const std::filesystem::path& root) {
  if (root == "/") return std::make_unique<LinuxSystem>();
  return std::make_unique<DetachedSystem>(root);
}

// Until all are in, or nobody comes.
Result<std::string> serve(const NodeRecord& record, const NodeSecrets& secrets, UniqueFd listener,
                          const JoinBrokerOptions& options) {
  DockerEngine engine(options.socket, kEnginePatience);
  const auto system = system_at(options.root);
  JoinDesk desk({options.root, record, engine, *system, log_line});
  KRAKEN_ASSIGN(PskContext context, PskContext::for_server(make_finder(record, secrets)));
  const Broker::Calls calls{[&](const std::string& identity, std::string_view question) {
                              return answer_text(desk, node_of_join_identity(record.cluster.name, identity).value_or(0),
                                                 question);
                            },
                            [&](auto idle) { return go_on(desk, idle); }, log_line};
  Broker broker(std::move(context), std::move(listener), BrokerLimits{}, calls);
  KRAKEN_TRY(broker.serve());
  return std::string(desk.is_complete() ? "all nodes are in\n" : "nobody came\n");
}

Result<NodeRecord> read_broker_record(const std::filesystem::path& path) {
  KRAKEN_ASSIGN(NodeRecord record, read_node_record(path));
  if (record.join) return record;
  return Error(ErrorCode::kConfig, "the cluster " + record.cluster.name + " needs no join broker");
}

Result<std::string> serve_as_told(std::optional<UniqueFd>& inherited, const JoinBrokerOptions& options) {
  KRAKEN_ASSIGN(const NodeRecord record, read_broker_record(options.record));
  KRAKEN_ASSIGN(const NodeSecrets secrets, read_keys(options.root));
  if (!inherited) {
    KRAKEN_ASSIGN(inherited, listen_tcp(record.network.address, record.join->port));
  }
  // A duplicate: whoever still waits when this ends is hung up on.
  return serve(record, secrets, UniqueFd(::fcntl(inherited->get(), F_DUPFD_CLOEXEC, 0)), options);
}

}  // namespace

// A failure that stays would have systemd start this again at once, for whoever knocked.
Result<std::string> join_broker_command(const JoinBrokerOptions& options) {
  auto inherited = inherited_listener();
  auto served = serve_as_told(inherited, options);
  if (!served.ok() && inherited) {
    std::this_thread::sleep_for(kPauseAfterFailure);
    hang_up_on_waiting(*inherited);
  }
  return served;
}

}  // namespace kraken
