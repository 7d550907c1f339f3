#include "steps/kubeadm_state.h"

#include "steps/managers.h"

namespace kraken {

namespace {

// The kubelet can show who it is, to the right cluster.
bool has_identity(const ClusterFiles& files) {
  return files.kubelet_conf && files.client && !files.ca_hash.empty();
}

// kubeadm's last phase but one makes the first manager's kubelet use the certificate that it renews; on another manager
// etcd is the first part of the last one.
bool got_almost_through(const ClusterFiles& files, const NodeRecord& record) {
  if (!has_identity(files) || !files.api_server || !files.etcd) return false;
  return !is_first_manager(record) || files.uses_own_client;
}

}  // namespace

Membership membership_of(const KubernetesFacts& facts, const NodeRecord& record) {
  const ClusterFiles& files = facts.files;
  const std::string& wanted = record.join->kubeadm->ca_hash;
  const bool manages = record.node.role == kManagerRole;
  const bool is_noted = facts.settled && facts.settled->ca_hash == wanted;
  if (is_settled_in(facts, record)) return Membership::kIn;
  const bool was_in = is_noted && facts.settled->state == SettledKubernetes::State::kIn;
  if (was_in && is_first_manager(record)) return Membership::kBroken;
  if (!files.is_any) return Membership::kNone;
  if (!files.ca_hash.empty() && files.ca_hash != wanted) return Membership::kForeign;
  if (!manages && has_identity(files)) return Membership::kFound;
  if (!manages || !got_almost_through(files, record)) return Membership::kHalf;
  return is_noted && !was_in ? Membership::kAlmost : Membership::kFound;
}

std::string describe(Membership membership) {
  switch (membership) {
    case Membership::kNone:
      return "this node is not part of a cluster yet";
    case Membership::kIn:
      return "this node is part of its cluster";
    case Membership::kFound:
      return "this node is part of its cluster, which was not written down";
    case Membership::kAlmost:
      return "kubeadm has not done its last phases";
    case Membership::kHalf:
      return "kubeadm has begun, and has not come to its end";
    case Membership::kForeign:
      return "this node is part of another cluster";
    case Membership::kBroken:
      return "this node has made its cluster, and what kubeadm had written is not whole any more; to begin anew would "
             "throw the cluster away: mend it by hand, or burn all cards anew";
  }
  return "";
}

bool has_leftovers(const KubernetesFacts& facts) {
  return facts.secrets.pki_left || facts.secrets.config_left || facts.files.bootstrap_conf;
}

}  // namespace kraken
