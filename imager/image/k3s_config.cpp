#include "image/k3s_config.h"

#include <vector>

#include "base/text.h"
#include "cluster/kubernetes_files.h"

namespace kraken {

namespace {

// In quotes: a node may be called "on" or "12". None of what gets here has a quote or a backslash in it.
std::string yaml_text(std::string_view text) {
  return "\"" + std::string(text) + "\"";
}

std::string line(std::string_view key, std::string_view value) {
  return std::string(key) + ": " + std::string(value) + "\n";
}

std::string list(std::string_view key, const std::vector<std::string>& items) {
  std::string text = std::string(key) + ":\n";
  for (const std::string& item : items) text += "  - " + yaml_text(item) + "\n";
  return text;
}

std::vector<std::string> server_names(const ClusterConfig& cluster) {
  std::vector<std::string> names;
  for (const NodeConfig& node : cluster.nodes) {
    if (node.profile.role.value != Role::kManager) continue;
    names.push_back(node.name.value);
    names.push_back(format_ipv4(node.address.value));
  }
  return names;
}

// The tenth address, which k3s would take too; said, for all servers must agree.
std::string dns_address(const Ipv4Subnet& services) {
  return format_ipv4({services.network.bits + 10});
}

std::string server_part(const ClusterConfig& cluster, const NodeConfig& node) {
  const JoinConfig& join = cluster.join;
  std::string text = line("agent-token-file", kK3sAgentTokenPath);
  text += line("advertise-address", format_ipv4(node.address.value));
  text += line("cluster-cidr", format_ipv4_subnet(join.pod_subnet.value));
  text += line("service-cidr", format_ipv4_subnet(join.service_subnet.value));
  text += line("cluster-dns", dns_address(join.service_subnet.value));
  const std::vector<std::string> names = server_names(cluster);
  text += list("tls-san", names);
  const bool is_alone = names.size() == 2;
  // Without it the first server keeps its state in SQLite, which no other one can share.
  if (cluster.is_first_manager(node) && !is_alone) text += line("cluster-init", "true");
  if (!join.small_server.value) return text;
  // k3s' documentation asks for 2 GB for a server; without these it does in less.
  text += list("disable", {"traefik", "metrics-server", "local-storage"});
  text += line("disable-network-policy", "true");
  return text;
}

}  // namespace

std::string k3s_config(const ClusterConfig& cluster, const NodeConfig& node) {
  std::string text =
      "# Written by kraken-image. Settings of your own go into a file in config.yaml.d, from an overlay.\n";
  text += line("node-name", yaml_text(node.name.value));
  text += line("token-file", kK3sTokenPath);
  if (!cluster.is_first_manager(node)) {
    const Ipv4 first = cluster.first_manager()->address.value;
    text += line("server", yaml_text("https://" + format_ipv4(first) + ":6443"));
  }
  if (node.profile.role.value == Role::kManager) text += server_part(cluster, node);
  std::vector<std::string> labels;
  for (const auto& [key, label] : node.labels) labels.push_back(key + "=" + label.value);
  if (!labels.empty()) text += list("node-label", labels);
  return text;
}

std::string_view k3s_unit_name(Role role) {
  return role == Role::kManager ? kK3sServerUnit : kK3sAgentUnit;
}

// Of k3s, install.sh: create_systemd_service_file(). The program waits for its server and is asked for its state
// elsewhere; kraken-network.service comes before it by itself.
std::string k3s_unit(Role role) {
  const bool is_server = role == Role::kManager;
  return std::string(
             "[Unit]\nDescription=Lightweight Kubernetes\nDocumentation=https://k3s.io\n"
             "Wants=network-online.target\nAfter=network-online.target\n"
             "ConditionFileIsExecutable=/usr/local/bin/k3s\n\n"
             "[Service]\nType=") +
         (is_server ? "notify" : "exec") +
         "\nKillMode=process\nDelegate=yes\nUser=root\nLimitNOFILE=1048576\nLimitNPROC=infinity\nLimitCORE=infinity\n"
         "TasksMax=infinity\nTimeoutStartSec=0\nRestart=always\nRestartSec=5s\n"
         "ExecStartPre=-/sbin/modprobe br_netfilter\nExecStartPre=-/sbin/modprobe overlay\n"
         "ExecStart=/usr/local/bin/k3s " +
         (is_server ? "server" : "agent") + "\n\n[Install]\nWantedBy=multi-user.target\n";
}

}  // namespace kraken
