#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "cluster/kubernetes_files.h"
#include "contract/node_pki.h"
#include "image/k3s_config.h"
#include "image/plan_parts.h"

namespace kraken {

namespace {

constexpr std::uint32_t kFolderMode = 0755;
constexpr std::uint32_t kPrivateFolderMode = 0700;
constexpr std::uint32_t kPublicMode = 0644;
constexpr std::uint32_t kPrivateMode = 0600;

constexpr const char* kUnitFolder = "/etc/systemd/system/";
constexpr const char* kWantsFolder = "/etc/systemd/system/multi-user.target.wants/";

std::string folder_of(const std::string& path) {
  return path.substr(0, path.rfind('/'));
}

// The folders that k3s or the node would make, with the modes that these give them; parents first.
Status plan_folders(PlanParts& parts, const std::string& path, const EditReason& reason) {
  constexpr std::array<std::string_view, 5> kPrivate = {
      kNodePkiFolder, "/etc/kraken/pki/etcd", "/var/lib/rancher/k3s/server", "/var/lib/rancher/k3s/server/tls",
      "/var/lib/rancher/k3s/server/tls/etcd"};
  for (std::size_t slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    const std::string folder = path.substr(0, slash);
    const bool is_private = std::ranges::find(kPrivate, folder) != kPrivate.end();
    KRAKEN_TRY(parts.plan.make_folder(folder, reason, with_mode(is_private ? kPrivateFolderMode : kFolderMode)));
  }
  return ok_status();
}

Status plan_card_file(PlanParts& parts, const CardFile& file) {
  const EditReason reason{file.reason, parts.inputs.cluster->secrets_folder.origin};
  KRAKEN_TRY(plan_folders(parts, file.path, reason));
  const NodeAttributes attributes = with_mode(file.is_secret ? kPrivateMode : kPublicMode);
  return parts.plan.write(file.path, as_text(file.content.view()), reason, attributes,
                          file.is_secret ? Secrecy::kSecret : Secrecy::kPublic);
}

Status plan_k3s(PlanParts& parts) {
  const ClusterConfig& cluster = *parts.inputs.cluster;
  const Role role = parts.inputs.node->profile.role.value;
  const EditReason reason{"k3s' configuration", cluster.orchestrator.origin};
  KRAKEN_TRY(plan_folders(parts, std::string(kK3sConfigPath), reason));
  KRAKEN_TRY(parts.plan.write(kK3sConfigPath, k3s_config(cluster, *parts.inputs.node), reason, with_mode(kPublicMode)));
  const std::string name(k3s_unit_name(role));
  const std::string path = kUnitFolder + name;
  const std::string link = kWantsFolder + name;
  KRAKEN_TRY(
      parts.plan.write(path, k3s_unit(role), {"starts k3s", cluster.orchestrator.origin}, with_mode(kPublicMode)));
  KRAKEN_TRY(parts.plan.make_folder(folder_of(link), {"for the units that are started", {}}, with_mode(kFolderMode)));
  return parts.plan.link(link, path, {name + " is enabled", cluster.orchestrator.origin});
}

// What this node's card has, of the paths that are looked at below.
std::set<std::string> own_paths(const NodeInputs& inputs) {
  std::set<std::string> paths;
  for (const CardFile& file : inputs.cluster_files) paths.insert(file.path);
  if (inputs.cluster->orchestrator.value != Orchestrator::kK3s) return paths;
  const std::string unit(k3s_unit_name(inputs.node->profile.role.value));
  paths.insert({std::string(kK3sConfigPath), kUnitFolder + unit, kWantsFolder + unit});
  return paths;
}

// Of a base that was a node's card once: another cluster's keys, and k3s as another role. Where our token is not, k3s
// is the user's own, and stays as it is.
Status remove_former(PlanParts& parts) {
  std::vector<std::string> paths = kubeadm_secret_paths();
  if (parts.plan.exists(kK3sTokenPath)) {
    for (std::string& path : k3s_secret_paths()) paths.push_back(std::move(path));
    paths.emplace_back(kK3sConfigPath);
    for (const std::string_view unit : {kK3sServerUnit, kK3sAgentUnit}) {
      paths.push_back(kWantsFolder + std::string(unit));
      paths.push_back(kUnitFolder + std::string(unit));
    }
  }
  const std::set<std::string> own = own_paths(parts.inputs);
  for (const std::string& path : paths) {
    if (!own.contains(path)) KRAKEN_TRY(parts.plan.remove(path, {"of another node's cluster", {}}));
  }
  return ok_status();
}

}  // namespace

Status plan_kubernetes(PlanParts& parts) {
  // First, while it can be seen whose k3s is there.
  KRAKEN_TRY(remove_former(parts));
  for (const CardFile& file : parts.inputs.cluster_files) KRAKEN_TRY(plan_card_file(parts, file));
  if (parts.inputs.cluster->orchestrator.value == Orchestrator::kK3s) return plan_k3s(parts);
  return ok_status();
}

}  // namespace kraken
