// What is so of this node's part in a Kubernetes cluster of kubeadm's: the programs that it has, the container runtime,
// what kubeadm has left in its places, what this program has brought about before, and what it has to do it with. No
// secret is among the facts, only whether it is there.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "contract/node_record.h"
#include "facts/runtime_facts.h"
#include "join/engine.h"
#include "kubernetes/kubeadm_version.h"
#include "kubernetes/settled_kubernetes.h"
#include "system/system.h"

namespace kraken {

// The kubelet's program and systemd's units for it.
struct KubeletFacts {
  std::string program;  // "" without
  bool has_unit = false;
  bool has_drop_in = false;  // with what kubeadm tells the kubelet
  bool is_enabled = false;
};

// What of a cluster lies in kubeadm's and the kubelet's places.
struct ClusterFiles {
  bool is_any = false;  // something does
  bool kubelet_conf = false;
  bool uses_own_client = false;  // kubelet.conf names the certificate that the kubelet renews by itself
  bool bootstrap_conf = false;
  bool client = false;              // that certificate
  std::int64_t client_expires = 0;  // seconds since 1970
  std::string ca_hash;              // "" without a CA
  bool api_server = false;          // the manifest of a control plane
  bool etcd = false;                // the manifest and data of its etcd
  bool etcd_data = false;
};

struct CardSecretsFacts {
  bool has_key = false;  // for the join broker
  bool has_token = false;
  bool has_all_tokens = false;  // of every other node of the record
  std::string problem;          // why there is none, when there should be one
  bool has_pki = false;         // all copies of the cluster's authorities
  std::string pki_hash;         // of the copied CA
  bool pki_left = false;        // some copy
  bool config_left = false;     // what kubeadm was told
};

struct KubernetesFacts {
  std::string kubeadm;  // its path, "" without
  std::string kubectl;
  std::optional<KubeadmVersion> version;
  std::string version_problem;  // why it is not known
  RuntimeFacts runtime;
  KubeletFacts kubelet;
  std::uint64_t memory_kib = 0;  // 0: not known, as below
  unsigned processors = 0;
  ClusterFiles files;
  CardSecretsFacts secrets;
  std::optional<SettledKubernetes> settled;
  bool clock_is_set = false;           // a time server has answered since this boot
  std::vector<std::string> manifests;  // paths of what is to be applied, in order
};

bool is_kubeadm_node(const NodeRecord& record);

// `engine` may be null. Programs are asked only while the node is not settled in its cluster, or what it was settled by
// is not whole any more. Never fails as a whole.
KubernetesFacts gather_kubernetes(const std::filesystem::path& root, const NodeRecord& record, System& system,
                                  Engine* engine);

// Pure: the node was brought into the record's cluster before, and all that this took is still there.
bool is_settled_in(const KubernetesFacts& facts, const NodeRecord& record);

}  // namespace kraken
