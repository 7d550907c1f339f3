#include "cluster/kubernetes_files.h"

#include "base/text.h"
#include "cluster/kubernetes_tokens.h"
#include "contract/node_pki.h"
#include "crypto/key_pair.h"

namespace kraken {

namespace {

constexpr const char* kAuthorityReason = "certificate authority of the cluster";

// An authority's two files, without .crt and .key.
struct AuthorityPlace {
  std::string_view name;
  CertificateAuthority KubernetesPki::*authority;
};
// kubeadm's documentation, "PKI certificates and requirements".
constexpr std::array<AuthorityPlace, 3> kKubeadmAuthorities = {
    AuthorityPlace{"ca", &KubernetesPki::ca},
    AuthorityPlace{"front-proxy-ca", &KubernetesPki::front_proxy_ca},
    AuthorityPlace{"etcd/ca", &KubernetesPki::etcd_ca},
};
// k3s, contrib/util/generate-custom-ca-certs.sh.
constexpr std::array<AuthorityPlace, 5> kK3sAuthorities = {
    AuthorityPlace{"server-ca", &KubernetesPki::ca},
    AuthorityPlace{"client-ca", &KubernetesPki::client_ca},
    AuthorityPlace{"request-header-ca", &KubernetesPki::front_proxy_ca},
    AuthorityPlace{"etcd/server-ca", &KubernetesPki::etcd_ca},
    AuthorityPlace{"etcd/peer-ca", &KubernetesPki::etcd_peer_ca},
};

CardFile secret_file(std::string path, std::span<const std::byte> content, std::string reason) {
  return {std::move(path), SecretBytes(content), true, std::move(reason)};
}

CardFile public_file(std::string path, std::string_view content, std::string reason) {
  return {std::move(path), SecretBytes(as_bytes(content)), false, std::move(reason)};
}

void add_authorities(std::string_view folder, std::span<const AuthorityPlace> places, const KubernetesPki& pki,
                     std::vector<CardFile>& files) {
  for (const AuthorityPlace& place : places) {
    const CertificateAuthority& authority = pki.*place.authority;
    const std::string path = std::string(folder) + "/" + std::string(place.name);
    files.push_back(public_file(path + ".crt", authority.certificate, kAuthorityReason));
    files.push_back(secret_file(path + ".key", authority.key.view(), kAuthorityReason));
  }
}

Result<std::vector<CardFile>> kubeadm_files(const KubernetesPki& pki, const NodeConfig& node) {
  std::vector<CardFile> files;
  if (node.profile.role.value != Role::kManager) return files;
  const std::string folder(kNodePkiFolder);
  const std::string reason = "key of the tokens of service accounts";
  add_authorities(folder, kKubeadmAuthorities, pki, files);
  KRAKEN_ASSIGN(const std::string public_key, public_key_of(as_text(pki.service_account.view())));
  files.push_back(public_file(folder + "/sa.pub", public_key, reason));
  files.push_back(secret_file(folder + "/sa.key", pki.service_account.view(), reason));
  return files;
}

Result<SecretBytes> k3s_token_of(const ClusterSecrets& secrets, const KubernetesPki& pki, const ClusterConfig& cluster,
                                 const NodeConfig& node) {
  const std::string& name = cluster.name.value;
  // It makes the cluster, and has no other server whose CA it could check.
  if (cluster.is_first_manager(node)) return derive_k3s_password(secrets, name, K3sUser::kServer);
  const bool is_server = node.profile.role.value == Role::kManager;
  return derive_k3s_token(secrets, name, is_server ? K3sUser::kServer : K3sUser::kAgent, pki.ca.certificate);
}

Result<std::vector<CardFile>> k3s_files(const ClusterSecrets& secrets, const KubernetesPki& pki,
                                        const ClusterConfig& cluster, const NodeConfig& node) {
  std::vector<CardFile> files;
  const std::string& name = cluster.name.value;
  KRAKEN_ASSIGN(const SecretBytes token, k3s_token_of(secrets, pki, cluster, node));
  files.push_back(secret_file(std::string(kK3sTokenPath), token.view(), "token, derived from the cluster's secret"));
  KRAKEN_ASSIGN(const SecretBytes password, derive_k3s_node_password(secrets, name, node.id.value));
  files.push_back(secret_file(std::string(kK3sNodePasswordPath), password.view(),
                              "the node's password, derived from the cluster's secret"));
  if (node.profile.role.value != Role::kManager) return files;
  KRAKEN_ASSIGN(const SecretBytes agents, derive_k3s_password(secrets, name, K3sUser::kAgent));
  files.push_back(secret_file(std::string(kK3sAgentTokenPath), agents.view(),
                              "what agents join with, derived from the cluster's secret"));
  if (!cluster.is_first_manager(node)) return files;
  add_authorities(kK3sTlsFolder, kK3sAuthorities, pki, files);
  files.push_back(secret_file(std::string(kK3sTlsFolder) + "/service.key", pki.service_account.view(),
                              "key of the tokens of service accounts"));
  return files;
}

}  // namespace

Result<std::vector<CardFile>> kubernetes_card_files(const ClusterSecrets& secrets, const KubernetesPki& pki,
                                                    const ClusterConfig& cluster, const NodeConfig& node) {
  switch (cluster.orchestrator.value) {
    case Orchestrator::kKubeadm:
      return kubeadm_files(pki, node);
    case Orchestrator::kK3s:
      return k3s_files(secrets, pki, cluster, node);
    case Orchestrator::kNone:
    case Orchestrator::kSwarm:
      break;
  }
  return std::vector<CardFile>();
}

std::vector<std::string> kubeadm_secret_paths() {
  std::vector<std::string> paths;
  paths.reserve(kNodePkiFiles.size());
  for (const NodePkiFile& file : kNodePkiFiles) {
    paths.push_back(std::string(kNodePkiFolder) + "/" + std::string(file.name));
  }
  return paths;
}

std::vector<std::string> k3s_secret_paths() {
  std::vector<std::string> paths = {std::string(kK3sTokenPath), std::string(kK3sAgentTokenPath),
                                    std::string(kK3sNodePasswordPath), std::string(kK3sTlsFolder) + "/service.key"};
  for (const AuthorityPlace& place : kK3sAuthorities) {
    for (const char* end : {".crt", ".key"}) {
      paths.push_back(std::string(kK3sTlsFolder) + "/" + std::string(place.name) + end);
    }
  }
  return paths;
}

Result<std::string> kubeadm_ca_hash(const KubernetesPki& pki) {
  KRAKEN_ASSIGN(const Sha256Digest digest, public_key_digest(pki.ca.certificate));
  return "sha256:" + hex_digest(digest);
}

}  // namespace kraken
