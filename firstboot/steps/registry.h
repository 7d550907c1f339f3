// The steps of first boot, in their order. A new step is a file in this folder and a line in registry.cpp.
#pragma once

#include <memory>

#include "plan/plan.h"
#include "steps/cluster_access.h"

namespace kraken {

// Those that need nothing but local files.
Steps early_steps();
// And those of the network. `network` must outlive them.
Steps network_steps(Network& network);
// Those that bring the node into its cluster; what they ask must outlive them.
Steps cluster_steps(const ClusterAccess& access);
// All: early, network, cluster.
Steps all_steps(Network& network, const ClusterAccess& access);

// No clock is behind the time at which the image was made: certificates and logs of a node without a clock chip need
// it.
std::unique_ptr<const Step> make_clock_floor_step();
// The node answers to its name: /etc/hostname, the kernel's host name, and the cluster's names in /etc/hosts.
std::unique_ptr<const Step> make_hostname_step();
// The root file system, an ext4, fills its partition, which the imager has made as large as it should be.
std::unique_ptr<const Step> make_grow_root_step();
// An adapter that comes up as a CD-ROM is switched by itself, at every power-up and whenever it is plugged in.
std::unique_ptr<const Step> make_adapter_rule_step();
// The node has its address on the interface that the profile wants, and its gateway answers there; or it keeps the
// network that it had.
std::unique_ptr<const Step> make_network_step(Network& network);
// One setting of the profile's `tuning:` is as the profile wants it, now and after every boot.
std::unique_ptr<const Step> make_tuning_step(std::string_view setting, Network& network);
// Docker is an active part of the cluster's swarm: of the one that the first manager makes.
std::unique_ptr<const Step> make_swarm_step(ClusterAccess access);
// The manager knows that, has the node's labels and its report; and a worker's key for that is erased.
std::unique_ptr<const Step> make_swarm_report_step(ClusterAccess access);
// The container runtime answers, speaks the kubelet's language, and has the cgroup driver that goes with the kernel's.
std::unique_ptr<const Step> make_kubernetes_runtime_step(ClusterAccess access);
// systemd starts the kubelet at boot, with what kubeadm tells it.
std::unique_ptr<const Step> make_kubelet_unit_step();
// The node is part of the record's cluster: of the one that the first manager makes with kubeadm.
std::unique_ptr<const Step> make_kubernetes_step(ClusterAccess access);
// The first manager has applied the manifests that came on its card: a network add-on above all.
std::unique_ptr<const Step> make_kubernetes_addons_step();
// k3s is told which interface has the node's address.
std::unique_ptr<const Step> make_k3s_interface_step();
// k3s has made the node part of its cluster.
std::unique_ptr<const Step> make_k3s_step(ClusterAccess access);
// The manager has the report of a node of a Kubernetes, and a worker's secrets are erased.
std::unique_ptr<const Step> make_cluster_report_step(ClusterAccess access);

}  // namespace kraken
