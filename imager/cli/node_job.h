// What plan and burn have in common: from the command line's words to a node's finished image in memory.
#pragma once

#include <functional>
#include <optional>

#include "base/result.h"
#include "cli/early_burns.h"
#include "cli/environment.h"
#include "cluster/kubernetes_pki.h"
#include "cluster/secrets.h"
#include "config/model.h"
#include "image/node_image.h"

namespace kraken {

// What has to be in order before the base is obtained, which can take minutes. The configuration stays where it is.
using BeforeBase = std::function<Status(const ClusterConfig& cluster, const Environment& environment)>;

// kInvalidArgument, with the ids there are, when the cluster has no such node.
Result<const NodeConfig*> find_node(const ClusterConfig& cluster, std::uint32_t id);

class NodeJob {
 public:
  // Reads the configuration and the secrets, asks `before`, and obtains the base, which `early` may follow, or be null.
  static Result<NodeJob> open(const CommonOptions& options, const BeforeBase& before, EarlyBurns* early = nullptr);

  const ClusterConfig& cluster() const { return *cluster_; }
  const CachedBase& base() const { return base_; }
  std::string base_name() const;
  const Environment& environment() const { return environment_; }
  const ClusterSecrets& secrets() const { return secrets_.cluster; }

  // `size` is that of a card or of --size; without it the node's own. kInvalidArgument when a size does not hold the
  // base, kConfig when it is less than the node's profile asks for.
  Result<NodeImage> make(const NodeConfig& node, const std::optional<ImageSize>& size) const;

 private:
  struct Secrets {
    ClusterSecrets cluster;
    std::optional<KubernetesPki> pki;  // with kubeadm and k3s
  };

  NodeJob(Environment environment, std::unique_ptr<ClusterConfig> cluster, Secrets secrets, CachedBase base)
      : environment_(std::move(environment)),
        cluster_(std::move(cluster)),
        secrets_(std::move(secrets)),
        base_(std::move(base)) {}
  static Result<Secrets> read_secrets(const ClusterConfig& cluster, const CommonOptions& options);
  Status add_secrets(const NodeConfig& node, NodeInputs& inputs) const;

  Environment environment_;
  std::unique_ptr<ClusterConfig> cluster_;  // nodes are pointed to: it must not move
  Secrets secrets_;
  CachedBase base_;
};

}  // namespace kraken
