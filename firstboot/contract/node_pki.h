// The certificate authorities that a manager of a kubeadm cluster finds on its card: under the names that kubeadm has
// for them in its own folder, to where the node copies them before it initialises or joins, since `kubeadm reset`
// removes that folder. Erased once the control plane is settled.
#pragma once

#include <array>
#include <string_view>

namespace kraken {

inline constexpr std::string_view kNodePkiFolder = "/etc/kraken/pki";  // root's, 0700, as its folder etcd
inline constexpr std::string_view kKubeadmPkiFolder = "/etc/kubernetes/pki";

struct NodePkiFile {
  std::string_view name;   // below the folder
  bool is_secret = false;  // 0600, where the others are 0644
};

// PEM, one object in each (kubeadm's documentation, "PKI certificates and requirements").
inline constexpr std::array<NodePkiFile, 8> kNodePkiFiles = {
    NodePkiFile{"ca.crt"},
    NodePkiFile{"ca.key", true},
    NodePkiFile{"front-proxy-ca.crt"},
    NodePkiFile{"front-proxy-ca.key", true},
    NodePkiFile{"etcd/ca.crt"},
    NodePkiFile{"etcd/ca.key", true},
    NodePkiFile{"sa.pub"},
    NodePkiFile{"sa.key", true},
};
// Each is far smaller; a larger one is refused.
inline constexpr std::size_t kNodePkiMaxSize = std::size_t{16} * 1024;

}  // namespace kraken
