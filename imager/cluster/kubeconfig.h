// A kubeconfig for the workstation: who has it administers the cluster, for as long as the certificate in it lives.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret_bytes.h"
#include "cluster/kubernetes_pki.h"
#include "config/model.h"
#include "crypto/certificate.h"

namespace kraken {

// The line that a file of ours begins with: nobody else's is overwritten.
inline constexpr std::string_view kKubeconfigMark = "# kraken-image kubeconfig\n";

// With a new key, and a certificate of the user kubernetes-admin in the group system:masters, signed by kubeadm's only
// CA, or by k3s' one for clients. kConfig when the cluster's orchestrator has no such thing; kInternal when the library
// refuses.
Result<SecretBytes> make_kubeconfig(const ClusterConfig& cluster, const KubernetesPki& pki, const Validity& validity);

}  // namespace kraken
