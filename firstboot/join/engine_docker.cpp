#include "join/engine_docker.h"

namespace kraken {

namespace {

// Joining answers after 20 s, whether it has come to an end or not; on a small node everything takes longer.
constexpr std::chrono::seconds kLongPatience{50};

Status to_status(const Result<std::string>& answer) {
  return answer.ok() ? ok_status() : Status(answer.error());
}

Error refusal(const HttpAnswer& answer, const HttpRequest& request) {
  // 503 is "not now": not yet part of a swarm, already part of one, still joining.
  const ErrorCode code = answer.status >= 400 && answer.status < 500 ? ErrorCode::kInvalidArgument : ErrorCode::kIo;
  return Error(code, "the engine refused " + request.method + " " + request.target + ": " + engine_message(answer));
}

}  // namespace

Result<ApiVersion> DockerEngine::ask_version() const {
  const HttpRequest ping{"GET", "/_ping", ""};
  KRAKEN_ASSIGN(const HttpAnswer answer, ask_http(socket_, ping, Deadline::after(patience_)));
  if (answer.status != 200) return refusal(answer, ping);
  const auto version = parse_api_version(answer.api_version);
  if (!version) return Error(ErrorCode::kCorrupt, "the engine at " + socket_.string() + " does not say its version");
  if (*version >= kOldestEngineApi) return *version;
  return Error(ErrorCode::kUnsupported, "this Docker's API is " + format_api_version(*version) + ", and " +
                                            format_api_version(kOldestEngineApi) +
                                            " (Docker 18.09) is the oldest that can be used: install a newer one");
}

Result<std::string> DockerEngine::ask(HttpRequest request, std::chrono::seconds patience) const {
  KRAKEN_ASSIGN(const ApiVersion version, ask_version());
  request.target = "/v" + format_api_version(version) + request.target;
  KRAKEN_ASSIGN(HttpAnswer answer, ask_http(socket_, request, Deadline::after(patience)));
  if (answer.status < 200 || answer.status > 299) return refusal(answer, request);
  return std::move(answer.body);
}

Result<EngineInfo> DockerEngine::info() {
  KRAKEN_ASSIGN(const std::string body, ask({"GET", "/info", ""}, patience_));
  return parse_engine_info(body);
}

Status DockerEngine::init_swarm(const SwarmInit& init) {
  return to_status(ask({"POST", "/swarm/init", format_swarm_init(init)}, kLongPatience));
}

Status DockerEngine::join_swarm(const SwarmJoin& join) {
  return to_status(ask({"POST", "/swarm/join", format_swarm_join(join)}, kLongPatience));
}

Status DockerEngine::leave_swarm() {
  return to_status(ask({"POST", "/swarm/leave?force=1", ""}, kLongPatience));
}

Result<Swarm> DockerEngine::swarm() {
  KRAKEN_ASSIGN(const std::string body, ask({"GET", "/swarm", ""}, patience_));
  return parse_swarm(body);
}

Result<std::vector<SwarmNode>> DockerEngine::nodes() {
  KRAKEN_ASSIGN(const std::string body, ask({"GET", "/nodes", ""}, patience_));
  return parse_swarm_nodes(body);
}

Status DockerEngine::update_node(const SwarmNode& node) {
  const std::string target = "/nodes/" + node.id + "/update?version=" + std::to_string(node.version);
  return to_status(ask({"POST", target, format_node_spec(node)}, patience_));
}

Status DockerEngine::remove_node(const std::string& id) {
  return to_status(ask({"DELETE", "/nodes/" + id + "?force=1", ""}, patience_));
}

}  // namespace kraken
