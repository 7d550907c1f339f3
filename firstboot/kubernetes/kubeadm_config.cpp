#include "kubernetes/kubeadm_config.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <string_view>

#include "base/text.h"
#include "json/json.h"
#include "kubernetes/node_labels.h"
#include "kubernetes/paths.h"

namespace kraken {

namespace {

// On a 3B a control plane takes its time, which kubeadm would not give it by itself (four minutes).
constexpr const char* kControlPlanePatience = "15m0s";
// Who is asked has answered at its port a moment ago.
constexpr const char* kDiscoveryPatience = "2m0s";

constexpr std::uint64_t kKubeadmMemoryMib = 1700;
constexpr unsigned kKubeadmProcessors = 2;

// Where a token belongs: the documents are made without, so that no copies of tokens are left in memory.
constexpr std::string_view kMark = "@token:";
constexpr char kMarkEnd = '@';
constexpr std::uint32_t kOwnToken = 0;  // no node's id

std::string token_mark(std::uint32_t node) {
  return std::string(kMark) + std::to_string(node) + kMarkEnd;
}

using FindToken = std::function<const SecretBytes*(std::uint32_t node)>;

struct Piece {
  std::string_view text;
  const SecretBytes* token = nullptr;  // after it
};

Result<std::vector<Piece>> take_apart(std::string_view text, const FindToken& find) {
  std::vector<Piece> pieces;
  while (true) {
    const std::size_t at = text.find(kMark);
    if (at == std::string_view::npos) break;
    const std::size_t id_at = at + kMark.size();
    const std::size_t end = text.find(kMarkEnd, id_at);
    const auto id = end == std::string_view::npos ? std::nullopt : parse_u64(text.substr(id_at, end - id_at));
    const SecretBytes* token = id ? find(static_cast<std::uint32_t>(*id)) : nullptr;
    if (token == nullptr) return Error(ErrorCode::kNotFound, "this node's card has no bootstrap token for kubeadm");
    if (!is_bootstrap_token(as_text(token->view()))) return Error(ErrorCode::kCorrupt, "a bootstrap token is none");
    pieces.push_back({text.substr(0, at), token});
    text.remove_prefix(end + 1);
  }
  pieces.push_back({text});
  return pieces;
}

Result<SecretBytes> fill_in(std::string_view text, const FindToken& find) {
  KRAKEN_ASSIGN(const auto pieces, take_apart(text, find));
  std::size_t size = 0;
  for (const Piece& piece : pieces) size += piece.text.size() + (piece.token == nullptr ? 0 : piece.token->size());
  SecretBytes filled(size);
  auto out = filled.bytes().begin();
  for (const Piece& piece : pieces) {
    out = std::ranges::copy(as_bytes(piece.text), out).out;
    if (piece.token != nullptr) out = std::ranges::copy(piece.token->view(), out).out;
  }
  return filled;
}

Json document(KubeadmApi api, const char* kind) {
  return Json::Object{{"apiVersion", "kubeadm.k8s.io/" + std::string(to_word(api))}, {"kind", kind}};
}

Json list_of(const std::vector<std::string>& texts) {
  Json list = Json::array();
  for (const std::string& text : texts) list.push_back(text);
  return list;
}

std::string with_port(Ipv4 address) {
  return format_ipv4(address) + ":" + std::to_string(kApiServerPort);
}

// v1beta4 has a list of them, the others a map (Arg, in its types.go).
Json arguments(KubeadmApi api, const std::vector<std::pair<std::string, std::string>>& wanted) {
  Json list = Json::array();
  Json map = Json::object();
  for (const auto& [name, value] : wanted) {
    list.push_back(Json::Object{{"name", name}, {"value", value}});
    map.set(name, value);
  }
  return api == KubeadmApi::kV1beta4 ? list : map;
}

// The kubelet's flags have precedence over the configuration that it gets from the cluster: its cgroup driver has to be
// that of this node's runtime, whatever the others have.
Json registration(KubeadmApi api, const NodeRecord& record, const KubeadmNode& node) {
  std::vector<std::pair<std::string, std::string>> wanted = {{"cgroup-driver", node.cgroup_driver},
                                                             {"node-ip", format_ipv4(record.network.address)}};
  const KubeletLabels labels = kubelet_labels(record.node.labels);
  if (!labels.argument.empty()) wanted.emplace_back("node-labels", labels.argument);
  Json value = Json::Object{
      {"name", record.node.name}, {"criSocket", node.cri_socket}, {"kubeletExtraArgs", arguments(api, wanted)}};
  if (!node.ignored_checks.empty()) value.set("ignorePreflightErrors", list_of(node.ignored_checks));
  return value;
}

Json local_endpoint(const NodeRecord& record) {
  return Json::Object{{"advertiseAddress", format_ipv4(record.network.address)},
                      {"bindPort", static_cast<std::int64_t>(kApiServerPort)}};
}

Json all_tokens(const NodeRecord& record) {
  Json tokens = Json::array();
  for (const RecordHost& host : record.hosts) {
    if (host.id == record.node.id) continue;
    tokens.push_back(Json::Object{{"token", token_mark(host.id)}, {"description", host.name}, {"ttl", "0s"}});
  }
  return tokens;
}

Json init_document(KubeadmApi api, const NodeRecord& record, const KubeadmNode& node) {
  Json init = document(api, "InitConfiguration");
  init.set("bootstrapTokens", all_tokens(record));
  init.set("nodeRegistration", registration(api, record, node));
  init.set("localAPIEndpoint", local_endpoint(record));
  if (api == KubeadmApi::kV1beta4) {
    init.set("timeouts", Json::Object{{"controlPlaneComponentHealthCheck", kControlPlanePatience}});
  }
  return init;
}

// By all their names: whoever asks another manager than the first.
Json names_of_managers(const NodeRecord& record) {
  Json names = Json::array();
  for (const RecordHost& host : record.hosts) {
    if (host.role != kManagerRole) continue;
    names.push_back(host.name);
    names.push_back(format_ipv4(host.address));
  }
  return names;
}

Json cluster_document(KubeadmApi api, const NodeRecord& record, const KubeadmNode& node) {
  const KubeadmSettings& wanted = *record.join->kubeadm;
  Json cluster = document(api, "ClusterConfiguration");
  cluster.set("clusterName", record.cluster.name);
  // Without one kubeadm asks the internet.
  cluster.set("kubernetesVersion", node.version.text);
  cluster.set("controlPlaneEndpoint", with_port(record.join->managers.front()));
  cluster.set("networking", Json::Object{{"podSubnet", format_ipv4_subnet(wanted.pod_subnet)},
                                         {"serviceSubnet", format_ipv4_subnet(wanted.service_subnet)}});
  Json server = Json::Object{{"certSANs", names_of_managers(record)}};
  if (api != KubeadmApi::kV1beta4) server.set("timeoutForControlPlane", kControlPlanePatience);
  cluster.set("apiServer", std::move(server));
  return cluster;
}

Json kubelet_document(const KubeadmNode& node) {
  return Json::Object{{"apiVersion", "kubelet.config.k8s.io/v1beta1"},
                      {"kind", "KubeletConfiguration"},
                      {"cgroupDriver", node.cgroup_driver}};
}

Json join_document(KubeadmApi api, const NodeRecord& record, const KubeadmNode& node) {
  Json join = document(api, "JoinConfiguration");
  join.set("nodeRegistration", registration(api, record, node));
  Json discovery =
      Json::Object{{"bootstrapToken", Json::Object{{"token", token_mark(kOwnToken)},
                                                   {"apiServerEndpoint", with_port(record.join->managers.front())},
                                                   {"caCertHashes", list_of({record.join->kubeadm->ca_hash})}}}};
  if (api == KubeadmApi::kV1beta4) {
    join.set("timeouts", Json::Object{{"discovery", kDiscoveryPatience},
                                      {"controlPlaneComponentHealthCheck", kControlPlanePatience}});
  } else {
    discovery.set("timeout", kDiscoveryPatience);
  }
  join.set("discovery", std::move(discovery));
  if (record.node.role == kManagerRole) {
    join.set("controlPlane", Json::Object{{"localAPIEndpoint", local_endpoint(record)}});
  }
  return join;
}

Result<KubeadmApi> known_api(const KubeadmVersion& version) {
  if (const auto api = api_of(version)) return *api;
  return Error(ErrorCode::kUnsupported, "kubeadm " + version.text + " reads none of the configurations that are known");
}

}  // namespace

Result<SecretBytes> kubeadm_init_config(const NodeRecord& record, const NodeSecrets& secrets, const KubeadmNode& node) {
  KRAKEN_ASSIGN(const KubeadmApi api, known_api(node.version));
  const std::string text = format_json(init_document(api, record, node)) + "---\n" +
                           format_json(cluster_document(api, record, node)) + "---\n" +
                           format_json(kubelet_document(node));
  return fill_in(text, [&](std::uint32_t id) -> const SecretBytes* {
    const auto found = secrets.bootstrap_tokens.find(id);
    return found == secrets.bootstrap_tokens.end() ? nullptr : &found->second;
  });
}

Result<SecretBytes> kubeadm_join_config(const NodeRecord& record, const NodeSecrets& secrets, const KubeadmNode& node) {
  KRAKEN_ASSIGN(const KubeadmApi api, known_api(node.version));
  return fill_in(format_json(join_document(api, record, node)), [&](std::uint32_t /*own*/) -> const SecretBytes* {
    return secrets.bootstrap_token ? &*secrets.bootstrap_token : nullptr;
  });
}

std::vector<IgnoredCheck> ignored_checks(std::uint64_t memory_kib, unsigned processors) {
  std::vector<IgnoredCheck> checks;
  const std::uint64_t memory_mib = memory_kib / 1024;
  if (memory_kib != 0 && memory_mib < kKubeadmMemoryMib) {
    checks.push_back(
        {"Mem", std::to_string(memory_mib) + " MiB of memory, where it wants " + std::to_string(kKubeadmMemoryMib)});
  }
  if (processors != 0 && processors < kKubeadmProcessors) {
    checks.push_back(
        {"NumCPU", std::to_string(processors) + " processor, where it wants " + std::to_string(kKubeadmProcessors)});
  }
  return checks;
}

}  // namespace kraken
