#include "facts/k3s_facts.h"

#include "facts/swarm_facts.h"
#include "join/node_key.h"
#include "kubernetes/certificates.h"
#include "kubernetes/paths.h"
#include "stack/root_tree.h"
#include "stack/systemd_units.h"
#include "sys/files.h"
#include "system/rooted_system.h"

namespace kraken {

namespace {

constexpr Bytes kConfigMaxSize = 64 * kKiB;

}  // namespace

bool is_k3s_node(const NodeRecord& record) {
  return record.join && record.join->k3s;
}

std::string_view k3s_unit(const NodeRecord& record) {
  return record.node.role == kManagerRole ? "k3s.service" : "k3s-agent.service";
}

bool is_accepted_by_k3s(const std::filesystem::path& root) {
  const auto client = read_whole_file(below(root, kK3sClient), kCertificateMaxSize);
  return client.ok() && read_certificate(*client).ok();
}

K3sFacts gather_k3s(const std::filesystem::path& root, const NodeRecord& record) {
  K3sFacts facts;
  facts.has_program = is_there(root, kK3sProgram);
  facts.is_enabled = is_enabled(RootTree(root), k3s_unit(record));
  facts.interface_file = read_text_file(below(root, kK3sInterfaceFile), kConfigMaxSize);
  facts.is_accepted = is_accepted_by_k3s(root);
  facts.settled = read_settled_kubernetes(root);
  const auto key = read_join_key(root);
  facts.has_key = key.ok();
  if (!key.ok()) facts.key_problem = key.error().what();
  facts.clock_is_set = is_there(root, kTimeSynchronized);
  return facts;
}

}  // namespace kraken
