// Inside steps/: brings this node into the cluster of its record with kubeadm. Every wait is bounded; what is not done
// by then fails, and is tried again by the next run, which begins with what it finds.
#pragma once

#include <chrono>
#include <string>

#include "base/secret_bytes.h"
#include "contract/node_record.h"
#include "facts/facts.h"
#include "steps/cluster_access.h"
#include "steps/kubeadm_state.h"
#include "steps/managers.h"
#include "system/system.h"

namespace kraken {

inline constexpr std::chrono::seconds kPlaneLimit{150};
inline constexpr std::chrono::seconds kResetLimit{180};
// Ten minutes were seen on a 3B, and images may have to be fetched first.
inline constexpr std::chrono::seconds kKubeadmLimit{1500};
// The longest that become() may take: waiting for the manager's clock and for its control plane, resetting, and
// kubeadm. What ends the whole program must leave as much to a step that was begun at the last moment.
inline constexpr std::chrono::seconds kLongestKubeadmStep = kManagerLimit + kPlaneLimit + kResetLimit + kKubeadmLimit;

class KubeadmMember {
 public:
  struct Node {
    const Facts& facts;
    const NodeRecord& record;
    System& system;
  };
  // All must outlive it; the facts are those of a node whose cluster was looked at.
  KubeadmMember(ClusterAccess access, Node node) : access_(std::move(access)), node_(node) {}

  Status become();

 private:
  const KubernetesFacts& kubernetes() const { return *node_.facts.kubernetes; }
  Status wait_until_it_can_work();
  Status check_for_another_plane();
  Status wait_for_plane();
  Status clear(Membership membership);
  Status install_authorities();
  Status run_kubeadm(Membership membership);
  Result<SecretBytes> make_config() const;
  std::vector<std::string> command(Membership membership) const;
  Status clean_up();
  Status note(SettledKubernetes::State state);

  ClusterAccess access_;
  Node node_;
  std::string note_;  // of SettledKubernetes
};

}  // namespace kraken
