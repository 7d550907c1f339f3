// What kubeadm is told, as the documents that its versions read. Pure. JSON, which is YAML as well; several documents
// are separated as YAML's are.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/secret_bytes.h"
#include "contract/node_record.h"
#include "contract/node_secrets.h"
#include "kubernetes/kubeadm_version.h"

namespace kraken {

struct KubeadmNode {
  KubeadmVersion version;
  std::string cri_socket;
  std::string cgroup_driver;  // "systemd", "cgroupfs"
  std::vector<std::string> ignored_checks;
};

// For the first manager: the tokens of all other nodes, of no end, the cluster, and its kubelets' cgroup driver.
// kUnsupported for a version that reads none of the known formats.
Result<SecretBytes> kubeadm_init_config(const NodeRecord& record, const NodeSecrets& secrets, const KubeadmNode& node);
// For every other node; managers get a control plane. Also kNotFound without the node's own token.
Result<SecretBytes> kubeadm_join_config(const NodeRecord& record, const NodeSecrets& secrets, const KubeadmNode& node);

// A check of kubeadm's that this node would not pass, and that it is made to pass by name.
struct IgnoredCheck {
  std::string name;
  std::string reason;  // "905 MB of memory, where it wants 1700"
};
// A control plane's only: those of kubeadm's preflight checks "Mem" and "NumCPU" that apply. Memory 0 is not known.
std::vector<IgnoredCheck> ignored_checks(std::uint64_t memory_kib, unsigned processors);

}  // namespace kraken
