// What nodes of a Kubernetes cluster prove themselves with, derived from the cluster's secret
// (ClusterSecrets::derive(), with labels of their own), so that it is known when a card is burned, and the same when it
// is burned again.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "base/secret_bytes.h"
#include "cluster/secrets.h"

namespace kraken {

// kubeadm's, one a node: "k00003." and 16 of [a-z0-9], each as likely as any other. The first part is the token's
// public name, with the node's id: who loses a card knows what `kubeadm token delete` is to be told.
Result<SecretBytes> derive_bootstrap_token(const ClusterSecrets& secrets, std::string_view cluster,
                                           std::uint32_t node_id);

// k3s': 64 hexadecimal digits, the same on all nodes that have it.
enum class K3sUser { kServer, kAgent };
Result<SecretBytes> derive_k3s_password(const ClusterSecrets& secrets, std::string_view cluster, K3sUser user);

// "K10<digest>::server:<password>" or "K10<digest>::node:<password>": k3s refuses a server whose CA file has another
// SHA-256 digest (k3s, pkg/clientaccess/token.go: hashCA() of one self-signed certificate). `server_ca` is the file's
// text, byte by byte.
Result<SecretBytes> derive_k3s_token(const ClusterSecrets& secrets, std::string_view cluster, K3sUser user,
                                     std::string_view server_ca);

// By which k3s' servers know a node again, 32 hexadecimal digits: without it a node that is burned again is refused.
Result<SecretBytes> derive_k3s_node_password(const ClusterSecrets& secrets, std::string_view cluster,
                                             std::uint32_t node_id);

}  // namespace kraken
