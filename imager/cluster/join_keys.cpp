#include "cluster/join_keys.h"

namespace kraken {

namespace {

// Part of the derivation: changing it changes every node's key.
constexpr std::string_view kJoinLabel = "join-psk";

}  // namespace

Result<SecretBytes> derive_join_key(const ClusterSecrets& secrets, std::string_view cluster, std::uint32_t node_id) {
  return secrets.derive({.cluster = cluster, .label = kJoinLabel, .node_id = node_id, .length = kJoinKeySize});
}

Result<NodeSecrets> derive_node_secrets(const ClusterSecrets& secrets, const ClusterConfig& cluster,
                                        const NodeConfig& node) {
  const std::string& name = cluster.name.value;
  NodeSecrets out;
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
