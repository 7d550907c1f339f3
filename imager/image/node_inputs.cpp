#include "image/node_inputs.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "base/version.h"
#include "block/file_source.h"
#include "image/os_architecture.h"
#include "sys/files.h"

namespace kraken {

namespace {

namespace stdfs = std::filesystem;

constexpr Bytes kMaxUnit = 64 * kKiB;
constexpr std::size_t kElfHead = 64;  // System V gABI, chapter 4: Elf64_Ehdr

// Installed beside the profiles, or in the build folders of a source tree.
std::array<stdfs::path, 2> candidates(const stdfs::path& share, const std::string& architecture) {
  return {share / "firstboot" / architecture / "kraken-firstboot",
          share / "build" / ("firstboot-" + architecture) / "firstboot" / "kraken-firstboot"};
}

SwarmSettings swarm_settings(const JoinConfig& config) {
  SwarmSettings swarm{{}, config.pool_prefix.value, config.certificate_days.value};
  for (const auto& pool : config.address_pools) swarm.address_pools.push_back(pool.value);
  return swarm;
}

std::optional<JoinSettings> make_join_settings(const NodeInputs& inputs) {
  const ClusterConfig& cluster = *inputs.cluster;
  if (cluster.orchestrator.value == Orchestrator::kNone) return std::nullopt;
  JoinSettings join;
  for (const NodeConfig& node : cluster.nodes) {
    if (node.profile.role.value == Role::kManager) join.managers.push_back(node.address.value);
  }
  join.expected = static_cast<std::uint32_t>(cluster.nodes.size());
  join.port = cluster.join.broker_port.value;
  const JoinConfig& config = cluster.join;
  const Orchestrator kind = cluster.orchestrator.value;
  if (kind == Orchestrator::kSwarm) join.swarm = swarm_settings(config);
  if (kind == Orchestrator::kKubeadm) {
    join.kubeadm = {config.pod_subnet.value, config.service_subnet.value, inputs.ca_hash};
  }
  if (kind == Orchestrator::kK3s) join.k3s = {config.pod_subnet.value, config.service_subnet.value};
  return join;
}

}  // namespace

Result<FirstbootFiles> find_firstboot(const stdfs::path& share, const std::string& architecture) {
  FirstbootFiles files;
  for (const FirstbootUnit& unit : kFirstbootUnits) {
    KRAKEN_ASSIGN(files.unit_texts.emplace_back(), read_whole_file(share / "firstboot" / unit.name, kMaxUnit));
  }
  for (const stdfs::path& candidate : candidates(share, architecture)) {
    std::error_code ignored;
    if (stdfs::is_regular_file(candidate, ignored)) files.program = candidate;
  }
  if (files.program.empty()) {
    return Error(ErrorCode::kConfig, "no kraken-firstboot for " + architecture + " in " + share.string() +
                                         ": build it with: cmake --preset firstboot-" + architecture +
                                         " && cmake --build --preset firstboot-" + architecture);
  }
  KRAKEN_ASSIGN(const auto source, FileSource::open(files.program));
  std::array<std::byte, kElfHead> head{};
  const Bytes length = std::min<Bytes>(head.size(), source->size());
  KRAKEN_TRY(source->read(0, std::span(head).first(length)));
  const std::string found = elf_architecture(as_text(std::span(head).first(length)));
  if (found == architecture) return files;
  return Error(ErrorCode::kConfig, files.program.string() + " is " +
                                       (found.empty() ? "no program" : "a program for " + found) +
                                       ", not kraken-firstboot for " + architecture + ": build it anew");
}

NodeRecord make_node_record(const NodeInputs& inputs, const std::string& boot_folder) {
  const ClusterConfig& cluster = *inputs.cluster;
  const NodeConfig& node = *inputs.node;
  const Profile& profile = node.profile;
  NodeRecord record;
  record.cluster = {cluster.name.value, to_word(cluster.orchestrator.value)};
  record.node = {node.id.value, node.name.value, to_word(profile.role.value), profile.name, {}};
  for (const auto& [key, label] : node.labels) record.node.labels[key] = label.value;
  record.build = {inputs.clock, std::string(kToolName), inputs.base_sha256};
  record.network = {node.address.value, cluster.network.subnet.value.prefix, cluster.network.gateway.value, {}};
  for (const auto& server : cluster.network.dns) record.network.dns.push_back(server.value);
  record.nic = {to_word(profile.nic.primary.value), to_word(profile.nic.fallback.value),
                to_word(profile.nic.mode.value), profile.nic.measure.value};
  for (const auto& [name, setting] : profile.tuning) record.tuning[name] = setting.value;
  for (const NodeConfig& other : cluster.nodes) {
    record.hosts.push_back({other.name.value, other.address.value, to_word(other.profile.role.value), other.id.value});
  }
  record.join = make_join_settings(inputs);
  record.boot_folder = boot_folder;
  return record;
}

}  // namespace kraken
