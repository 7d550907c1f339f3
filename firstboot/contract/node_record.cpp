#include "contract/node_record.h"

#include <array>

#include "base/text.h"
#include "contract/join_record.h"
#include "contract/strict_object.h"
#include "json/json.h"

namespace kraken {

namespace {

using Keys = std::string_view;
constexpr std::array<Keys, 12> kRecordKeys = {"format", "version", "cluster", "node", "build",       "network",
                                              "nic",    "tuning",  "hosts",   "join", "boot_folder", "grow_root"};
constexpr std::array<Keys, 2> kClusterKeys = {"name", "orchestrator"};
constexpr std::array<Keys, 5> kNodeKeys = {"id", "name", "role", "profile", "labels"};
constexpr std::array<Keys, 3> kBuildKeys = {"clock", "tool", "base_sha256"};
constexpr std::array<Keys, 4> kNetworkKeys = {"address", "prefix", "gateway", "dns"};
constexpr std::array<Keys, 4> kNicKeys = {"primary", "fallback", "mode", "measure"};
constexpr std::array<Keys, 4> kHostKeys = {"id", "name", "address", "role"};

// Wide here: check_node_record() knows the real bounds, and says so in one place.
constexpr IntegerRange kAnyInt64{INT64_MIN, INT64_MAX};
constexpr IntegerRange kAnyId{0, UINT32_MAX};
constexpr IntegerRange kAnyPrefix{0, 32};

Json hosts_json(const std::vector<RecordHost>& hosts) {
  Json list = Json::array();
  for (const RecordHost& host : hosts) {
    list.push_back(Json::Object{{"id", std::int64_t{host.id}},
                                {"name", host.name},
                                {"address", format_ipv4(host.address)},
                                {"role", host.role}});
  }
  return list;
}

Json network_json(const NodeRecord::Network& network) {
  Json dns = Json::array();
  for (const Ipv4 server : network.dns) dns.push_back(format_ipv4(server));
  return Json::Object{{"address", format_ipv4(network.address)},
                      {"prefix", network.prefix},
                      {"gateway", format_ipv4(network.gateway)},
                      {"dns", std::move(dns)}};
}

Json tuning_json(const NodeRecord& record) {
  Json tuning = Json::object();
  for (const auto& [name, value] : record.tuning) {
    const bool* flag = std::get_if<bool>(&value);
    tuning.set(name, flag != nullptr ? Json(*flag) : Json(std::get<std::int64_t>(value)));
  }
  return tuning;
}

// The version comes before everything else: a newer record may hold keys that this program cannot know.
Status check_version(const Json& document) {
  const Json* format = document.find("format");
  if (format == nullptr || format->as_string() == nullptr || *format->as_string() != kNodeRecordFormat) {
    return Error(ErrorCode::kCorrupt, "this is no node record: \"format\" is not \"kraken-node\"");
  }
  const Json* version = document.find("version");
  if (version == nullptr || version->as_int() == nullptr) {
    return Error(ErrorCode::kCorrupt, "version: expected an integer");
  }
  if (*version->as_int() != kNodeRecordVersion) {
    return Error(ErrorCode::kUnsupported, "version " + std::to_string(*version->as_int()) +
                                              " of the node record is not known here, only version " +
                                              std::to_string(kNodeRecordVersion) +
                                              "; burn the card with the kraken-image that this program came with");
  }
  return ok_status();
}

Result<NodeRecord::Cluster> read_cluster(const Json& value) {
  KRAKEN_ASSIGN(const auto object, StrictObject::open(value, "cluster", kClusterKeys));
  NodeRecord::Cluster cluster;
  KRAKEN_ASSIGN(cluster.name, object.text("name"));
  KRAKEN_ASSIGN(cluster.orchestrator, object.text("orchestrator"));
  return cluster;
}

Result<NodeRecord::Node> read_node(const Json& value) {
  KRAKEN_ASSIGN(const auto object, StrictObject::open(value, "node", kNodeKeys));
  NodeRecord::Node node;
  KRAKEN_ASSIGN(const std::int64_t id, object.integer("id", kAnyId));
  node.id = static_cast<std::uint32_t>(id);
  KRAKEN_ASSIGN(node.name, object.text("name"));
  KRAKEN_ASSIGN(node.role, object.text("role"));
  KRAKEN_ASSIGN(node.profile, object.text("profile"));
  KRAKEN_ASSIGN(const auto* labels, object.map("labels"));
  for (const auto& [key, label] : *labels) {
    if (label.as_string() == nullptr) {
      return Error(ErrorCode::kCorrupt, "node.labels: expected strings only, found " + label.type_name());
    }
    node.labels.emplace(key, *label.as_string());
  }
  return node;
}

Result<NodeRecord::Build> read_build(const Json& value) {
  KRAKEN_ASSIGN(const auto object, StrictObject::open(value, "build", kBuildKeys));
  NodeRecord::Build build;
  KRAKEN_ASSIGN(build.clock, object.integer("clock", kAnyInt64));
  KRAKEN_ASSIGN(build.tool, object.text("tool"));
  KRAKEN_ASSIGN(build.base_sha256, object.text("base_sha256"));
  return build;
}

Result<NodeRecord::Network> read_network(const Json& value) {
  KRAKEN_ASSIGN(const auto object, StrictObject::open(value, "network", kNetworkKeys));
  NodeRecord::Network network;
  KRAKEN_ASSIGN(network.address, object.address("address"));
  KRAKEN_ASSIGN(const std::int64_t prefix, object.integer("prefix", kAnyPrefix));
  network.prefix = static_cast<int>(prefix);
  KRAKEN_ASSIGN(network.gateway, object.address("gateway"));
  KRAKEN_ASSIGN(const auto* servers, object.list("dns"));
  for (const Json& server : *servers) {
    KRAKEN_ASSIGN(const Ipv4 address, read_address(server, "network.dns"));
    network.dns.push_back(address);
  }
  return network;
}

Result<NodeRecord::Nic> read_nic(const Json& value) {
  KRAKEN_ASSIGN(const auto object, StrictObject::open(value, "nic", kNicKeys));
  NodeRecord::Nic nic;
  KRAKEN_ASSIGN(nic.primary, object.text("primary"));
  KRAKEN_ASSIGN(nic.fallback, object.text("fallback"));
  KRAKEN_ASSIGN(nic.mode, object.text("mode"));
  KRAKEN_ASSIGN(nic.measure, object.flag("measure"));
  return nic;
}

Status read_tuning(const StrictObject& document, NodeRecord& record) {
  KRAKEN_ASSIGN(const auto* settings, document.map("tuning"));
  for (const auto& [name, value] : *settings) {
    if (const bool* flag = value.as_bool()) {
      record.tuning.emplace(name, *flag);
    } else if (const std::int64_t* number = value.as_int()) {
      record.tuning.emplace(name, *number);
    } else {
      return Error(ErrorCode::kCorrupt, "tuning: expected true, false or integers, found " + value.type_name());
    }
  }
  return ok_status();
}

Status read_hosts(const StrictObject& document, NodeRecord& record) {
  KRAKEN_ASSIGN(const auto* hosts, document.list("hosts"));
  for (std::size_t i = 0; i < hosts->size(); ++i) {
    const std::string place = "hosts[" + std::to_string(i) + "]";
    KRAKEN_ASSIGN(const auto object, StrictObject::open((*hosts)[i], place, kHostKeys));
    RecordHost host;
    KRAKEN_ASSIGN(const std::int64_t id, object.integer("id", kAnyId));
    host.id = static_cast<std::uint32_t>(id);
    KRAKEN_ASSIGN(host.name, object.text("name"));
    KRAKEN_ASSIGN(host.address, object.address("address"));
    KRAKEN_ASSIGN(host.role, object.text("role"));
    record.hosts.push_back(std::move(host));
  }
  return ok_status();
}

Result<NodeRecord> read_record(std::string_view text) {
  KRAKEN_ASSIGN(const Json json, parse_json(text, {.max_size = kNodeRecordMaxSize, .max_depth = 8}));
  KRAKEN_TRY(check_version(json));
  KRAKEN_ASSIGN(const auto document, StrictObject::open(json, "", kRecordKeys));
  NodeRecord record;
  KRAKEN_ASSIGN(record.cluster, read_cluster(document.member("cluster")));
  KRAKEN_ASSIGN(record.node, read_node(document.member("node")));
  KRAKEN_ASSIGN(record.build, read_build(document.member("build")));
  KRAKEN_ASSIGN(record.network, read_network(document.member("network")));
  KRAKEN_ASSIGN(record.nic, read_nic(document.member("nic")));
  KRAKEN_TRY(read_tuning(document, record));
  KRAKEN_TRY(read_hosts(document, record));
  KRAKEN_ASSIGN(record.join, read_join(document.member("join")));
  KRAKEN_ASSIGN(record.boot_folder, document.text("boot_folder"));
  KRAKEN_ASSIGN(record.grow_root, document.flag("grow_root"));
  KRAKEN_TRY(check_node_record(record));
  return record;
}

}  // namespace

std::string format_node_record(const NodeRecord& record) {
  Json labels = Json::object();
  for (const auto& [key, value] : record.node.labels) labels.set(key, value);
  const Json document = Json::Object{
      {"format", kNodeRecordFormat},
      {"version", kNodeRecordVersion},
      {"cluster", Json::Object{{"name", record.cluster.name}, {"orchestrator", record.cluster.orchestrator}}},
      {"node", Json::Object{{"id", std::int64_t{record.node.id}},
                            {"name", record.node.name},
                            {"role", record.node.role},
                            {"profile", record.node.profile},
                            {"labels", std::move(labels)}}},
      {"build",
       Json::Object{
           {"clock", record.build.clock}, {"tool", record.build.tool}, {"base_sha256", record.build.base_sha256}}},
      {"network", network_json(record.network)},
      {"nic", Json::Object{{"primary", record.nic.primary},
                           {"fallback", record.nic.fallback},
                           {"mode", record.nic.mode},
                           {"measure", record.nic.measure}}},
      {"tuning", tuning_json(record)},
      {"hosts", hosts_json(record.hosts)},
      {"join", join_json(record.join)},
      {"boot_folder", record.boot_folder},
      {"grow_root", record.grow_root},
  };
  return format_json(document);
}

Result<NodeRecord> parse_node_record(std::string_view text) {
  return read_record(text).with_context("node record");
}

}  // namespace kraken
