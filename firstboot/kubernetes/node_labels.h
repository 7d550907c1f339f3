// The labels that a node's kubelet gives itself.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace kraken {

// A label as Kubernetes has them (its documentation, "Labels and Selectors"), and one that a kubelet may give itself:
// of those in the domains kubernetes.io and k8s.io, only what lies below kubelet.kubernetes.io and node.kubernetes.io
// (admission plugin NodeRestriction). With any other one the kubelet does not even start.
bool is_kubelet_label(std::string_view key, std::string_view value);

struct KubeletLabels {
  std::string argument;           // of --node-labels: "a=b,c=d"
  std::vector<std::string> left;  // the keys of those that are no such labels
};
KubeletLabels kubelet_labels(const std::map<std::string, std::string>& labels);

}  // namespace kraken
