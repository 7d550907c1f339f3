// Everything that a node's image is made from besides the base's own bytes. Plain values and views: the same inputs
// give the same bytes. The configuration must outlive it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cluster/kubernetes_files.h"
#include "cluster/ssh_host_keys.h"
#include "config/model.h"
#include "config/reader.h"
#include "contract/node_record.h"
#include "contract/node_secrets.h"

namespace kraken {

// The node's program for one architecture, and its units' texts, in the order of kFirstbootUnits.
struct FirstbootFiles {
  std::filesystem::path program;
  std::vector<std::string> unit_texts;
};

struct NodeInputs {
  const ClusterConfig* cluster = nullptr;
  const NodeConfig* node = nullptr;
  std::vector<OverlayDescription> overlays;  // in the order of node->profile.overlays
  SshHostKey host_key;
  std::optional<NodeSecrets> secrets;   // for joining; nothing when this node does not join by itself
  std::vector<CardFile> cluster_files;  // of Kubernetes: what is secret, or goes with that
  std::string ca_hash;                  // kubeadm_ca_hash(), with kubeadm
  std::filesystem::path share;          // where the shipped first-boot programs are
  std::string base_sha256;              // of the raw base image
  std::int64_t clock = 0;               // seconds since 1970 UTC
};

// kConfig when no program for the architecture was built or installed, or when the file there is another's.
Result<FirstbootFiles> find_firstboot(const std::filesystem::path& share, const std::string& architecture);

// What the node will read. `boot_folder` is where the image mounts its FAT partition.
NodeRecord make_node_record(const NodeInputs& inputs, const std::string& boot_folder);

}  // namespace kraken
