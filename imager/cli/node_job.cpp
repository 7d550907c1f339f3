#include "cli/node_job.h"

#include "base/text.h"
#include "cli/ask_passphrase.h"
#include "cluster/join_keys.h"
#include "cluster/kubernetes_files.h"

namespace kraken {

Result<const NodeConfig*> find_node(const ClusterConfig& cluster, std::uint32_t id) {
  if (const NodeConfig* node = cluster.find_node(id)) return node;
  std::vector<std::string> ids;
  for (const NodeConfig& node : cluster.nodes) ids.push_back(std::to_string(node.id.value));
  return Error(ErrorCode::kInvalidArgument,
               cluster.file.string() + " has no node " + std::to_string(id) + " (there are " + join(ids, ", ") + ")");
}

Result<NodeJob> NodeJob::open(const CommonOptions& options, const BeforeBase& before, EarlyBurns* early) {
  KRAKEN_ASSIGN(Environment environment, make_environment(options));
  KRAKEN_ASSIGN(ClusterConfig read, read_cluster(options.cluster_file, environment.paths));
  auto cluster = std::make_unique<ClusterConfig>(std::move(read));
  KRAKEN_ASSIGN(Secrets secrets, read_secrets(*cluster, options));
  KRAKEN_TRY(before(*cluster, environment));
  KRAKEN_ASSIGN(CachedBase base, obtain_base(*cluster, environment, early));
  return NodeJob(std::move(environment), std::move(cluster), std::move(secrets), std::move(base));
}

Result<NodeJob::Secrets> NodeJob::read_secrets(const ClusterConfig& cluster, const CommonOptions& options) {
  KRAKEN_ASSIGN(SecretsFolder folder,
                SecretsFolder::open(cluster.secrets_folder.value, passphrase_from(options.passphrase_file)));
  KRAKEN_ASSIGN(ClusterSecrets secrets, ClusterSecrets::load(folder));
  Secrets read{std::move(secrets), std::nullopt};
  const Orchestrator kind = cluster.orchestrator.value;
  if (kind == Orchestrator::kKubeadm || kind == Orchestrator::kK3s) {
    KRAKEN_ASSIGN(read.pki, load_kubernetes_pki(folder));
  }
  warn_of_unused(options.passphrase_file, folder);
  return read;
}

Status NodeJob::add_secrets(const NodeConfig& node, NodeInputs& inputs) const {
  const ClusterSecrets& secrets = secrets_.cluster;
  KRAKEN_ASSIGN(inputs.host_key, derive_ssh_host_key(secrets, {cluster_->name.value, node.id.value, node.name.value}));
  if (cluster_->orchestrator.value == Orchestrator::kNone) return ok_status();
  KRAKEN_ASSIGN(inputs.secrets, derive_node_secrets(secrets, *cluster_, node));
  if (!secrets_.pki) return ok_status();
  KRAKEN_ASSIGN(inputs.ca_hash, kubeadm_ca_hash(*secrets_.pki));
  KRAKEN_ASSIGN(inputs.cluster_files, kubernetes_card_files(secrets, *secrets_.pki, *cluster_, node));
  return ok_status();
}

std::string NodeJob::base_name() const {
  if (const auto* named = std::get_if<NamedBase>(&cluster_->base.value)) return named->name;
  return std::get<FileBase>(cluster_->base.value).file.filename().string();
}

Result<NodeImage> NodeJob::make(const NodeConfig& node, const std::optional<ImageSize>& size) const {
  NodeInputs inputs;
  inputs.cluster = cluster_.get();
  inputs.node = &node;
  inputs.share = environment_.paths.share;
  inputs.base_sha256 = base_.sha256;
  inputs.clock = environment_.clock;
  for (const auto& name : node.profile.overlays) {
    KRAKEN_ASSIGN(OverlayDescription overlay, read_overlay(name, cluster_->overlay_folders));
    inputs.overlays.push_back(std::move(overlay));
  }
  KRAKEN_TRY(add_secrets(node, inputs));
  const ImageSize image_size = size.value_or(default_image_size(node, base_.size));
  return make_node_image(base_, inputs, image_size).with_context("node " + std::to_string(node.id.value));
}

}  // namespace kraken
