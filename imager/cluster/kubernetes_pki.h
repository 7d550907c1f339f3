// The certificate authorities of a Kubernetes cluster: made once, kept in the secrets folder as the file
// kubernetes-pki, and put onto the cards of managers, so that every node knows at its first boot whom it joins. The
// file, in clear:
//
//   kraken-kubernetes-pki 1
//   [ca]
//   -----BEGIN CERTIFICATE----- ...
//   -----BEGIN EC PRIVATE KEY----- ...
//   [client-ca]
//   ...
//   [service-account]
//   -----BEGIN RSA PRIVATE KEY----- ...
//
// in this order and nothing else. It may be encrypted, as the cluster's secret (secrets_folder.h).
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "base/secret_bytes.h"
#include "cluster/secrets_folder.h"
#include "crypto/certificate.h"

namespace kraken {

struct KubernetesPki {
  CertificateAuthority ca;              // kubeadm's one for everything but what follows; k3s' for servers
  CertificateAuthority client_ca;       // k3s: of clients
  CertificateAuthority front_proxy_ca;  // of the aggregation layer
  CertificateAuthority etcd_ca;
  CertificateAuthority etcd_peer_ca;  // k3s: between the members of etcd
  SecretBytes service_account;        // RSA: the private key that signs the tokens of service accounts
};

// New ones, valid from a day before `now`, seconds since 1970, for thirty years: nodes' clocks may be behind, and an
// authority that expires takes the cluster with it. kInternal when the library refuses.
Result<KubernetesPki> make_kubernetes_pki(std::int64_t now);

SecretBytes format_kubernetes_pki(const KubernetesPki& pki);
// kCorrupt with the section for anything that is not exactly such a file, with authorities and keys that work; no Error
// quotes anything of it. What it returns comes back from format_kubernetes_pki() as the same text.
Result<KubernetesPki> parse_kubernetes_pki(std::string_view text);

// Makes the file. kAlreadyExists, and nothing changed, when there is one; else as SecretsFolder::create().
Status create_kubernetes_pki(SecretsFolder& folder, std::int64_t now, const OptionalPassphrase& passphrase);
// kConfig when the file is missing or damaged, with what to do.
Result<KubernetesPki> load_kubernetes_pki(SecretsFolder& folder);

}  // namespace kraken
