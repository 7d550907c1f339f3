// What a node's card gets of the cluster's secrets: derived, so that burning a card again gives the same, and no more
// than the node's role needs.
#pragma once

#include "base/result.h"
#include "cluster/secrets.h"
#include "config/model.h"
#include "contract/node_secrets.h"

namespace kraken {

// The pre-shared key between a node and the join broker: HKDF, label "join-psk". `node_id` may be kWorkstationId.
Result<SecretBytes> derive_join_key(const ClusterSecrets& secrets, std::string_view cluster, std::uint32_t node_id);

// The node's own key, and, of a manager, those of all others and of the workstation; for kubeadm as many bootstrap
// tokens, of nodes alone.
Result<NodeSecrets> derive_node_secrets(const ClusterSecrets& secrets, const ClusterConfig& cluster,
                                        const NodeConfig& node);

}  // namespace kraken
