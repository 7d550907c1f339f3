#include "cluster/join_keys.h"

#include "cluster/kubernetes_tokens.h"

namespace kraken {

namespace {

// Part of the derivation: changing it changes every node's key.
constexpr std::string_view kJoinLabel = "join-psk";

}  // namespace

Result<SecretBytes> derive_join_key(const ClusterSecrets& secrets, std::string_view cluster, std::uint32_t node_id) {
  return secrets.derive({.cluster = cluster, .label = kJoinLabel, .node_id = node_id, .length = kJoinKeySize});
}

namespace {

Status add_bootstrap_tokens(const ClusterSecrets& secrets, const ClusterConfig& cluster, const NodeConfig& node,
                            NodeSecrets& out) {
  const std::string& name = cluster.name.value;
  KRAKEN_ASSIGN(out.bootstrap_token, derive_bootstrap_token(secrets, name, node.id.value));
  if (node.profile.role.value != Role::kManager) return ok_status();
  for (const NodeConfig& other : cluster.nodes) {
    if (other.id.value == node.id.value) continue;
    KRAKEN_ASSIGN(SecretBytes token, derive_bootstrap_token(secrets, name, other.id.value));
    out.bootstrap_tokens.emplace(other.id.value, std::move(token));
  }
  return ok_status();
}

}  // namespace

Result<NodeSecrets> derive_node_secrets(const ClusterSecrets& secrets, const ClusterConfig& cluster,
                                        const NodeConfig& node) {
  const std::string& name = cluster.name.value;
  NodeSecrets out;
  if (cluster.orchestrator.value == Orchestrator::kKubeadm) {
    KRAKEN_TRY(add_bootstrap_tokens(secrets, cluster, node, out));
  }
  KRAKEN_ASSIGN(out.join_key, derive_join_key(secrets, name, node.id.value));
  if (node.profile.role.value != Role::kManager) return out;
  KRAKEN_ASSIGN(SecretBytes workstation, derive_join_key(secrets, name, kWorkstationId));
  out.join_keys.emplace(kWorkstationId, std::move(workstation));
  for (const NodeConfig& other : cluster.nodes) {
    if (other.id.value == node.id.value) continue;
    KRAKEN_ASSIGN(SecretBytes key, derive_join_key(secrets, name, other.id.value));
    out.join_keys.emplace(other.id.value, std::move(key));
  }
  return out;
}

}  // namespace kraken
