// The files of one node's card by which it is or joins a Kubernetes cluster, as far as they hold keys, tokens or
// certificates: where they lie, and how private they are. What is no secret, k3s' configuration and units, is the
// image's (image/k3s_config.h).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret_bytes.h"
#include "cluster/kubernetes_pki.h"
#include "cluster/secrets.h"
#include "config/model.h"

namespace kraken {

// Where k3s finds them (its documentation, "Server" and "certificate": custom CA certificates). The token files are
// named to it by its configuration; the first one is also how a former cluster of ours is known.
inline constexpr std::string_view kK3sTokenPath = "/etc/rancher/k3s/kraken-token";
inline constexpr std::string_view kK3sAgentTokenPath = "/etc/rancher/k3s/kraken-agent-token";
inline constexpr std::string_view kK3sNodePasswordPath = "/etc/rancher/node/password";
inline constexpr std::string_view kK3sTlsFolder = "/var/lib/rancher/k3s/server/tls";

struct CardFile {
  std::string path;
  SecretBytes content;
  bool is_secret = true;  // 0600, and neither shown nor hashed; else 0644
  std::string reason;     // for the plan
};

// kubeadm: every file of kNodePkiFiles for a manager, none for a worker.
// k3s: the node's password and its token; for managers the agents' token, and for the first one the authorities, which
// further servers get from it. Nothing for other orchestrators. kInternal when the library refuses.
Result<std::vector<CardFile>> kubernetes_card_files(const ClusterSecrets& secrets, const KubernetesPki& pki,
                                                    const ClusterConfig& cluster, const NodeConfig& node);

// Every path that such files have had on any node's card: what a card of another role, or of no such cluster, must not
// have kept. Those of k3s only where kK3sTokenPath tells that they are ours.
std::vector<std::string> kubeadm_secret_paths();
std::vector<std::string> k3s_secret_paths();

// "sha256:" and the digest: how a node of kubeadm's knows its cluster. kCorrupt when the certificate is none.
Result<std::string> kubeadm_ca_hash(const KubernetesPki& pki);

}  // namespace kraken
