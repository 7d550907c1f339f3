#include "facts/kubernetes_facts.h"

#include <algorithm>

#include "base/secret_bytes.h"
#include "base/text.h"
#include "contract/node_pki.h"
#include "facts/swarm_facts.h"
#include "join/node_key.h"
#include "kubernetes/certificates.h"
#include "kubernetes/kubelet_unit.h"
#include "kubernetes/paths.h"
#include "stack/root_tree.h"
#include "stack/systemd_units.h"
#include "sys/files.h"
#include "system/rooted_system.h"

namespace kraken {

namespace {

namespace fs = std::filesystem;

constexpr Bytes kSmallFile = 64 * kKiB;
constexpr std::chrono::seconds kVersionLimit{60};
constexpr std::string_view kMeminfo = "/proc/meminfo";
constexpr std::string_view kOnlineProcessors = "/sys/devices/system/cpu/online";
constexpr std::string_view kManifestsOfKubelet = "/etc/kubernetes/manifests";
constexpr std::size_t kMostManifests = 256;

bool is_filled_folder(const fs::path& root, std::string_view path) {
  std::error_code error;
  return fs::is_directory(below(root, path), error) && !fs::is_empty(below(root, path), error) && !error;
}

std::string small_file(const fs::path& root, std::string_view path) {
  auto text = read_whole_file(below(root, path), kSmallFile);
  return text.ok() ? std::move(*text) : std::string();
}

// "MemTotal:         929876 kB"
std::uint64_t memory_of(const fs::path& root) {
  for (const std::string& line : split(small_file(root, kMeminfo), '\n')) {
    const auto words = split_words(line);
    if (words.size() >= 2 && words[0] == "MemTotal:") return parse_u64(words[1]).value_or(0);
  }
  return 0;
}

// "0-3", "0,2-3"
unsigned processors_of(const fs::path& root) {
  std::uint64_t count = 0;
  for (const std::string& range : split(trim(small_file(root, kOnlineProcessors)), ',')) {
    const auto ends = split(range, '-');
    const auto first = parse_u64(ends.front());
    const auto last = parse_u64(ends.back());
    if (!first || !last || *last < *first || *last > 4096) return 0;
    count += *last - *first + 1;
  }
  return static_cast<unsigned>(count);
}

KubeletFacts kubelet_of(const fs::path& root) {
  const RootTree tree(root);
  KubeletFacts facts;
  facts.program = find_program(root, "kubelet");
  facts.has_unit = is_startable(tree, kKubeletUnitName);
  for (const std::string_view folder : kUnitFolders) {
    facts.has_drop_in |= tree.exists(std::string(folder) + "/" + std::string(kKubeletDropInName));
  }
  facts.is_enabled = is_enabled(tree, kKubeletUnitName) || small_file(root, kKubeletAtBoot) == kubelet_at_boot();
  return facts;
}

ClusterFiles cluster_files_of(const fs::path& root) {
  ClusterFiles files;
  std::string conf = small_file(root, kKubeletConf);
  files.kubelet_conf = !conf.empty();
  files.uses_own_client = conf.find(kKubeletClient) != std::string::npos;
  cleanse(conf);  // until the kubelet has its own certificate, a key is in it
  files.bootstrap_conf = is_there(root, kBootstrapConf);
  std::string client_text = small_file(root, kKubeletClient);
  const auto client = read_certificate(client_text);
  cleanse(client_text);  // the private key is in it as well
  files.client = client.ok();
  if (client.ok()) files.client_expires = client->not_after;
  const auto ca = read_certificate(small_file(root, kKubernetesCa));
  if (ca.ok()) files.ca_hash = ca->key_hash;
  files.api_server = is_there(root, kApiServerManifest);
  files.etcd_data = is_there(root, kEtcdMember);
  files.etcd = files.etcd_data && is_there(root, kEtcdManifest);
  files.is_any = files.kubelet_conf || files.bootstrap_conf || files.client || files.etcd_data ||
                 is_there(root, kAdminConf) || is_filled_folder(root, kManifestsOfKubelet) ||
                 is_filled_folder(root, kKubeadmPkiFolder);
  return files;
}

CardSecretsFacts card_secrets_of(const fs::path& root, const NodeRecord& record) {
  CardSecretsFacts facts;
  const auto secrets = read_node_secrets(root);
  if (!secrets.ok()) {
    facts.problem = secrets.error().what();
  } else {
    facts.has_key = secrets->join_key.has_value();
    facts.has_token = secrets->bootstrap_token.has_value();
    facts.has_all_tokens = std::ranges::all_of(record.hosts, [&](const RecordHost& host) {
      return host.id == record.node.id || secrets->bootstrap_tokens.contains(host.id);
    });
    if (!facts.has_token) facts.problem = "its card has no bootstrap token";
  }
  facts.has_pki = true;
  for (const NodePkiFile& file : kNodePkiFiles) {
    const bool has_it = is_there(root, std::string(kNodePkiFolder) + "/" + std::string(file.name));
    facts.has_pki &= has_it;
    facts.pki_left |= has_it;
  }
  const auto ca = read_certificate(small_file(root, std::string(kNodePkiFolder) + "/ca.crt"));
  if (ca.ok()) facts.pki_hash = ca->key_hash;
  facts.config_left = is_there(root, kKubeadmConfig);
  return facts;
}

std::vector<std::string> manifests_of(const fs::path& root) {
  std::vector<std::string> paths;
  for (const std::string& name : RootTree(root).names(kManifestsFolder)) {
    if (name.ends_with(".yaml") && paths.size() < kMostManifests) {
      paths.push_back(std::string(kManifestsFolder) + "/" + name);
    }
  }
  return paths;
}

void ask_version(System& system, KubernetesFacts& facts) {
  if (facts.kubeadm.empty()) return;
  const auto answer = system.ask_program({facts.kubeadm, "version", "-o", "short"}, kVersionLimit);
  if (!answer.ok()) {
    facts.version_problem = answer.error().what();
    return;
  }
  facts.version = parse_kubeadm_version(*answer);
  if (!facts.version) facts.version_problem = facts.kubeadm + " does not say its version";
}

}  // namespace

bool is_kubeadm_node(const NodeRecord& record) {
  return record.join && record.join->kubeadm;
}

bool is_settled_in(const KubernetesFacts& facts, const NodeRecord& record) {
  const ClusterFiles& files = facts.files;
  const std::string& wanted = record.join->kubeadm->ca_hash;
  const bool was_in = facts.settled && facts.settled->state == SettledKubernetes::State::kIn;
  const bool has_plane = record.node.role != kManagerRole || (files.api_server && files.etcd);
  return was_in && facts.settled->ca_hash == wanted && files.ca_hash == wanted && files.kubelet_conf && files.client &&
         has_plane;
}

KubernetesFacts gather_kubernetes(const fs::path& root, const NodeRecord& record, System& system, Engine* engine) {
  KubernetesFacts facts;
  facts.settled = read_settled_kubernetes(root);
  facts.kubeadm = find_program(root, "kubeadm");
  facts.kubectl = find_program(root, "kubectl");
  facts.kubelet = kubelet_of(root);
  facts.files = cluster_files_of(root);
  facts.secrets = card_secrets_of(root, record);
  facts.clock_is_set = is_there(root, kTimeSynchronized);
  facts.manifests = manifests_of(root);
  facts.memory_kib = memory_of(root);
  facts.processors = processors_of(root);
  if (is_settled_in(facts, record)) return facts;
  ask_version(system, facts);
  facts.runtime = gather_runtime(root, facts.version, engine);
  return facts;
}

}  // namespace kraken
