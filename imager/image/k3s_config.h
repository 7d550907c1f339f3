// What k3s is told on a node's card, apart from its secrets (cluster/kubernetes_files.h): its configuration, and the
// unit that starts it. Pure functions of the configuration.
#pragma once

#include <string>
#include <string_view>

#include "config/model.h"

namespace kraken {

inline constexpr std::string_view kK3sConfigPath = "/etc/rancher/k3s/config.yaml";
inline constexpr std::string_view kK3sServerUnit = "k3s.service";
inline constexpr std::string_view kK3sAgentUnit = "k3s-agent.service";

// config.yaml of this node: a server when its role is manager, else an agent. The node itself adds what only it knows,
// its interface, in config.yaml.d, where a user's overlay may put more.
std::string k3s_config(const ClusterConfig& cluster, const NodeConfig& node);

// As k3s' install script writes them.
std::string_view k3s_unit_name(Role role);
std::string k3s_unit(Role role);

}  // namespace kraken
