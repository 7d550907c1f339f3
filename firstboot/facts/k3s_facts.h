// What is so of this node's part in a k3s cluster. k3s does everything by itself; this program tells it through which
// interface, and looks whether it has got there.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "contract/node_record.h"
#include "facts/text_file.h"
#include "kubernetes/settled_kubernetes.h"

namespace kraken {

struct K3sFacts {
  bool has_program = false;
  bool is_enabled = false;   // the unit of the node's role
  TextFile interface_file;   // kK3sInterfaceFile
  bool is_accepted = false;  // a server has given this node the certificate of its kubelet
  std::optional<SettledKubernetes> settled;
  bool has_key = false;       // for the join broker
  std::string key_problem;    // why there is none
  bool clock_is_set = false;  // a time server has answered since this boot
};

bool is_k3s_node(const NodeRecord& record);
// "k3s.service" on managers, "k3s-agent.service" on workers.
std::string_view k3s_unit(const NodeRecord& record);

// K3sFacts::is_accepted alone.
bool is_accepted_by_k3s(const std::filesystem::path& root);
// Never fails as a whole.
K3sFacts gather_k3s(const std::filesystem::path& root, const NodeRecord& record);

}  // namespace kraken
