// Inside steps/: what the traces of a cluster on this node amount to. Pure.
#pragma once

#include <string>

#include "contract/node_record.h"
#include "facts/kubernetes_facts.h"

namespace kraken {

enum class Membership {
  kNone,     // there are no traces
  kIn,       // this program has brought the node in, and all is there
  kFound,    // all is there, and only this program's own note of it is missing
  kAlmost,   // kubeadm got so far that to do it again would cost what the cluster has: only its last phases are missing
  kHalf,     // kubeadm was cut off, or gave up
  kForeign,  // of another certificate authority than the record's
  kBroken,   // the first manager was in, and is not any more: to begin anew would throw the cluster away
};

Membership membership_of(const KubernetesFacts& facts, const NodeRecord& record);

// For the person who reads the report.
std::string describe(Membership membership);

// Something is still there that was only needed to get in.
bool has_leftovers(const KubernetesFacts& facts);

}  // namespace kraken
