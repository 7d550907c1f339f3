#include "cluster/kubeconfig.h"

#include "base/text.h"
#include "crypto/base64.h"
#include "crypto/key_pair.h"

namespace kraken {

namespace {

// kubeadm's documentation, "PKI certificates and requirements": what admin.conf has had up to 1.28, and its
// super-admin.conf since. The API server takes the group at its word, whoever is in it.
constexpr ClientName kAdmin = {"kubernetes-admin", "system:masters"};
constexpr const char* kApiPort = "6443";

}  // namespace

Result<SecretBytes> make_kubeconfig(const ClusterConfig& cluster, const KubernetesPki& pki, const Validity& validity) {
  const Orchestrator kind = cluster.orchestrator.value;
  const NodeConfig* manager = cluster.first_manager();
  if ((kind != Orchestrator::kKubeadm && kind != Orchestrator::kK3s) || manager == nullptr) {
    return Error(ErrorCode::kConfig, cluster.orchestrator.origin.text() + ": orchestrator: " + to_word(kind) +
                                         " is no Kubernetes, which is what a kubeconfig is for");
  }
  KRAKEN_ASSIGN(const SecretBytes key, make_p256_key());
  const CertificateAuthority& signer = kind == Orchestrator::kK3s ? pki.client_ca : pki.ca;
  KRAKEN_ASSIGN(const std::string certificate, sign_client(signer, kAdmin, as_text(key.view()), validity));
  // In quotes, for a cluster may be called "on" or "12".
  const std::string name = "\"" + cluster.name.value + "\"";
  const std::string user = "\"" + cluster.name.value + "-admin\"";
  std::string encoded_key = to_base64(key.view());
  const std::string start = std::string(kKubeconfigMark) + "apiVersion: v1\nkind: Config\nclusters:\n- name: " + name +
                            "\n  cluster:\n    server: https://" + format_ipv4(manager->address.value) + ":" +
                            kApiPort + "\n    certificate-authority-data: " + to_base64(as_bytes(pki.ca.certificate)) +
                            "\ncontexts:\n- name: " + name + "\n  context:\n    cluster: " + name +
                            "\n    user: " + user + "\ncurrent-context: " + name + "\nusers:\n- name: " + user +
                            "\n  user:\n    client-certificate-data: " + to_base64(as_bytes(certificate)) +
                            "\n    client-key-data: ";
  std::string text;
  text.reserve(start.size() + encoded_key.size() + 1);
  text.append(start).append(encoded_key).append("\n");
  cleanse(encoded_key);
  SecretBytes out(as_bytes(text));
  cleanse(text);
  return out;
}

}  // namespace kraken
