// What must hold for a cluster of kubeadm's or k3s': its address ranges, and the labels of its nodes.
#pragma once

#include <string>
#include <string_view>

#include "config/check.h"
#include "config/model.h"
#include "config/problems.h"

namespace kraken {

// The two ranges from the section `orchestrator` into `cluster`, whose network and kind have been read. What overlaps
// is told.
void read_subnets(const View& section, ClusterConfig& cluster, Problems& problems);

// What can be asked only of all nodes together: that each can have its own network of pods, and labels that a kubelet
// may give its node. Nothing for other orchestrators.
void check_kubernetes(const ClusterConfig& cluster, Problems& problems);

// "" when a kubelet may give its node such a label, else what is wrong with it, to be put after the quoted key.
std::string check_kubelet_label(std::string_view key);

}  // namespace kraken
