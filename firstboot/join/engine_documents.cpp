#include "join/engine_documents.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "base/text.h"

namespace kraken {

namespace {

constexpr JsonLimits kLimits{.max_size = 8 * kMiB, .max_depth = 48};
constexpr std::uint64_t kMaxVersionPart = 9999;
constexpr std::size_t kLongestId = 64;
constexpr std::size_t kLongestText = 512;
constexpr std::size_t kLongestToken = 256;
constexpr std::size_t kMostNodes = 4096;
constexpr int kSwarmPort = 2377;
constexpr std::string_view kTokenMark = "SWMTKN";

Error wrong(std::string_view what) {
  return Error(ErrorCode::kCorrupt, "the engine's answer: " + std::string(what));
}

// By way of members; null when there is none.
const Json* at(const Json& value, std::initializer_list<std::string_view> path) {
  const Json* found = &value;
  for (const std::string_view key : path) {
    found = found->find(key);
    if (found == nullptr) return nullptr;
  }
  return found;
}

// "" when it is absent or no text; cut.
std::string text_at(const Json& value, std::initializer_list<std::string_view> path) {
  const Json* found = at(value, path);
  const std::string* text = found == nullptr ? nullptr : found->as_string();
  return text == nullptr ? std::string() : text->substr(0, kLongestText);
}

bool flag_at(const Json& value, std::initializer_list<std::string_view> path) {
  const Json* found = at(value, path);
  const bool* flag = found == nullptr ? nullptr : found->as_bool();
  return flag != nullptr && *flag;
}

// It becomes part of a request's target.
Result<std::string> id_at(const Json& value, std::string_view key) {
  std::string id = text_at(value, {key});
  if (!is_plain_word(id, "", kLongestId)) return wrong(std::string(key) + " is no id");
  return id;
}

std::map<std::string, std::string> labels_at(const Json& value, std::initializer_list<std::string_view> path) {
  std::map<std::string, std::string> labels;
  const Json* found = at(value, path);
  const Json::Object* members = found == nullptr ? nullptr : found->as_object();
  if (members == nullptr) return labels;
  for (const auto& [key, label] : *members) {
    if (label.as_string() != nullptr) labels[key] = *label.as_string();
  }
  return labels;
}

Result<SwarmState> state_of(const std::string& word) {
  for (const SwarmState state :
       {SwarmState::kInactive, SwarmState::kPending, SwarmState::kActive, SwarmState::kError, SwarmState::kLocked}) {
    if (word == to_word(state)) return state;
  }
  // What Docker says before it has looked (older versions: "").
  if (word.empty()) return SwarmState::kInactive;
  return wrong("it knows a state of the swarm that this program does not");
}

std::string with_port(Ipv4 address) {
  return format_ipv4(address) + ":" + std::to_string(kSwarmPort);
}

Json listening(Ipv4 address) {
  return Json::Object{{"ListenAddr", "0.0.0.0:" + std::to_string(kSwarmPort)},
                      {"AdvertiseAddr", with_port(address)},
                      {"DataPathAddr", format_ipv4(address)}};
}

Result<std::string> token_at(const Json& tokens, std::string_view key) {
  const Json* found = tokens.find(key);
  const std::string* token = found == nullptr ? nullptr : found->as_string();
  if (token == nullptr || !is_plain_word(*token, "-", kLongestToken)) return wrong("there are no join tokens in it");
  return *token;
}

Result<SwarmNode> read_node(const Json& value) {
  SwarmNode node;
  KRAKEN_ASSIGN(node.id, id_at(value, "ID"));
  const Json* version = at(value, {"Version", "Index"});
  const Json* spec = value.find("Spec");
  if (version == nullptr || version->as_int() == nullptr || *version->as_int() < 0) return wrong("a node's version");
  if (spec == nullptr || spec->as_object() == nullptr) return wrong("a node has no spec");
  node.version = static_cast<std::uint64_t>(*version->as_int());
  node.spec = *spec;
  node.host_name = text_at(value, {"Description", "Hostname"});
  node.address = text_at(value, {"Status", "Addr"});
  node.state = text_at(value, {"Status", "State"});
  node.is_manager = text_at(value, {"Spec", "Role"}) == "manager" || at(value, {"ManagerStatus"}) != nullptr;
  node.labels = labels_at(value, {"Spec", "Labels"});
  return node;
}

}  // namespace

std::optional<ApiVersion> parse_api_version(std::string_view text) {
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto major = parse_u64(text.substr(0, dot));
  const auto minor = parse_u64(text.substr(dot + 1));
  if (!major || !minor || *major > kMaxVersionPart || *minor > kMaxVersionPart) return std::nullopt;
  return ApiVersion{static_cast<unsigned>(*major), static_cast<unsigned>(*minor)};
}

std::string format_api_version(ApiVersion version) {
  return std::to_string(version.major) + "." + std::to_string(version.minor);
}

std::string format_swarm_init(const SwarmInit& init) {
  Json body = listening(init.address);
  Json pools = Json::array();
  for (const Ipv4Subnet& pool : init.address_pools) pools.push_back(format_ipv4_subnet(pool));
  body.set("DefaultAddrPool", std::move(pools));
  body.set("SubnetSize", init.pool_prefix);
  const std::int64_t life = std::chrono::nanoseconds(std::chrono::days(init.certificate_days)).count();
  // A swarm that locks itself needs a person at every boot.
  body.set("Spec", Json::Object{{"Name", "default"},
                                {"Labels", Json::Object{{std::string(kClusterLabel), init.cluster}}},
                                {"CAConfig", Json::Object{{"NodeCertExpiry", life}}},
                                {"EncryptionConfig", Json::Object{{"AutoLockManagers", false}}}});
  return format_json_line(body);
}

std::string format_swarm_join(const SwarmJoin& join) {
  Json body = listening(join.address);
  Json managers = Json::array();
  for (const Ipv4 manager : join.managers) managers.push_back(with_port(manager));
  body.set("RemoteAddrs", std::move(managers));
  body.set("JoinToken", join.token);
  return format_json_line(body);
}

std::string format_node_spec(const SwarmNode& node) {
  return format_json_line(node.spec);
}

Result<EngineInfo> parse_engine_info(std::string_view text) {
  KRAKEN_ASSIGN(const Json document, parse_json(text, kLimits));
  if (document.as_object() == nullptr) return wrong("no object");
  EngineInfo info;
  info.name = text_at(document, {"Name"});
  info.version = text_at(document, {"ServerVersion"});
  info.live_restore = flag_at(document, {"LiveRestoreEnabled"});
  const std::string driver = text_at(document, {"CgroupDriver"});
  if (driver == "systemd" || driver == "cgroupfs") info.cgroup_driver = driver;
  KRAKEN_ASSIGN(info.swarm, state_of(text_at(document, {"Swarm", "LocalNodeState"})));
  info.error = text_at(document, {"Swarm", "Error"});
  info.manages = flag_at(document, {"Swarm", "ControlAvailable"});
  info.node_id = text_at(document, {"Swarm", "NodeID"});
  if (!info.node_id.empty() && !is_plain_word(info.node_id, "", kLongestId)) return wrong("NodeID is no id");
  return info;
}

Result<Swarm> parse_swarm(std::string_view text) {
  KRAKEN_ASSIGN(const Json document, parse_json(text, kLimits));
  const Json* tokens = document.find("JoinTokens");
  if (tokens == nullptr) return wrong("there are no join tokens in it");
  Swarm swarm;
  KRAKEN_ASSIGN(swarm.id, id_at(document, "ID"));
  KRAKEN_ASSIGN(swarm.worker_token, token_at(*tokens, "Worker"));
  KRAKEN_ASSIGN(swarm.manager_token, token_at(*tokens, "Manager"));
  swarm.cluster = text_at(document, {"Spec", "Labels", kClusterLabel});
  return swarm;
}

Result<std::vector<SwarmNode>> parse_swarm_nodes(std::string_view text) {
  KRAKEN_ASSIGN(const Json document, parse_json(text, kLimits));
  const Json::Array* list = document.as_array();
  if (list == nullptr || list->size() > kMostNodes) return wrong("no list of nodes");
  std::vector<SwarmNode> nodes;
  for (const Json& value : *list) {
    KRAKEN_ASSIGN(SwarmNode node, read_node(value));
    nodes.push_back(std::move(node));
  }
  return nodes;
}

std::string engine_message(const HttpAnswer& answer) {
  std::string message = "status " + std::to_string(answer.status);
  const auto document = parse_json(answer.body, {.max_size = 64 * kKiB, .max_depth = 4});
  std::string said = document.ok() ? text_at(*document, {"message"}) : answer.body.substr(0, kLongestText);
  std::ranges::replace_if(
      said, [](char c) { return c < 0x20 || c > 0x7e; }, ' ');
  // The engine does not repeat a token; should one do so, it is not passed on.
  said.resize(std::min(said.find(kTokenMark), said.size()));
  return said.empty() ? message : message + ": " + said;
}

}  // namespace kraken
