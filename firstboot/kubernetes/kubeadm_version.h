// Which kubeadm a node has, and which of its configuration formats that one reads.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kraken {

// kubeadm.k8s.io/v1beta2 and its successors (kubeadm's documentation, "Configuration APIs"; the types are in
// kubernetes/kubernetes, cmd/kubeadm/app/apis/kubeadm/).
enum class KubeadmApi { kV1beta2, kV1beta3, kV1beta4 };
std::string_view to_word(KubeadmApi api);

struct KubeadmVersion {
  unsigned major = 0;
  unsigned minor = 0;
  std::string text;  // "v1.20.2"
  friend bool operator==(const KubeadmVersion&, const KubeadmVersion&) = default;

  bool is_at_least(unsigned wanted_minor) const { return major > 1 || minor >= wanted_minor; }
};

// What `kubeadm version -o short` says: "v1.20.2", "v1.31.0-rc.1", "v1.28.3+distribution"; nothing for something else.
std::optional<KubeadmVersion> parse_kubeadm_version(std::string_view text);

// Nothing before 1.15, which reads none of them, and from 2.0 on, of which nothing is known.
std::optional<KubeadmApi> api_of(const KubeadmVersion& version);

}  // namespace kraken
