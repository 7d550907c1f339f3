#include "steps/kubeadm_member.h"

#include <algorithm>

#include "base/text.h"
#include "contract/node_pki.h"
#include "join/node_key.h"
#include "kubernetes/kubeadm_config.h"
#include "kubernetes/node_labels.h"
#include "kubernetes/paths.h"
#include "steps/managers.h"
#include "steps/node_report.h"
#include "steps/try_again.h"

namespace kraken {

namespace {

constexpr Patience kPlanePatience{30, std::chrono::seconds(5)};

bool manages(const NodeRecord& record) {
  return record.node.role == kManagerRole;
}

std::string note_on(const std::vector<IgnoredCheck>& checks) {
  std::string text;
  for (const IgnoredCheck& check : checks) {
    text += (text.empty() ? "kubeadm's check " : "; its check ") + check.name + " was passed over: " + check.reason;
  }
  return text;
}

std::string note_on_labels(const std::vector<std::string>& left) {
  if (left.empty()) return {};
  return "labels that a kubelet may not give itself were left out: " + join(left, ", ");
}

void add_to(std::string& note, const std::string& more) {
  if (!more.empty()) note += (note.empty() ? "" : "; ") + more;
}

std::vector<IgnoredCheck> checks_to_ignore(const KubernetesFacts& facts, const NodeRecord& record) {
  return manages(record) ? ignored_checks(facts.memory_kib, facts.processors) : std::vector<IgnoredCheck>();
}

}  // namespace

Status KubeadmMember::become() {
  const Membership membership = membership_of(kubernetes(), node_.record);
  if (membership == Membership::kIn) return clean_up();
  if (membership == Membership::kBroken) return Error(ErrorCode::kIo, describe(membership));
  if (membership != Membership::kFound) {
    KRAKEN_TRY(wait_until_it_can_work());
    if (membership == Membership::kForeign) note_ = "it was part of another cluster, and was reset";
    add_to(note_, note_on(checks_to_ignore(kubernetes(), node_.record)));
    add_to(note_, note_on_labels(kubelet_labels(node_.record.node.labels).left));
    KRAKEN_TRY(note(SettledKubernetes::State::kBegun));
    KRAKEN_TRY(clear(membership));
    KRAKEN_TRY(run_kubeadm(membership));
  }
  KRAKEN_TRY(note(SettledKubernetes::State::kIn));
  return clean_up();
}

// kubeadm would wait as well, and for longer, and would not say for whom.
Status KubeadmMember::wait_until_it_can_work() {
  Managers managers(access_.broker, {node_.record, node_.system, kubernetes().clock_is_set});
  if (is_first_manager(node_.record)) {
    KRAKEN_TRY(managers.check_clock());
    return check_for_another_plane();
  }
  KRAKEN_TRY(managers.follow_time());
  KRAKEN_TRY(managers.check_clock());
  return wait_for_plane();
}

// A first manager that was burned anew would make a second cluster beside the one that the other managers have kept.
Status KubeadmMember::check_for_another_plane() {
  for (const Ipv4 manager : node_.record.join->managers) {
    if (manager == node_.record.network.address || !access_.ports.knock({manager, kApiServerPort}).ok()) continue;
    return Error(ErrorCode::kIo, "the manager at " + format_ipv4(manager) +
                                     " has a control plane: the cluster lives on there, and is not made anew here; see "
                                     "the README on first managers that are burned anew");
  }
  return ok_status();
}

Status KubeadmMember::wait_for_plane() {
  const TcpAddress plane{node_.record.join->managers.front(), kApiServerPort};
  return try_again(node_.system, kPlanePatience, Deadline::after(kPlaneLimit),
                   [&] { return access_.ports.knock(plane); })
      .with_context("waiting for manager");
}

Status KubeadmMember::clear(Membership membership) {
  if (membership == Membership::kHalf || membership == Membership::kForeign) {
    KRAKEN_TRY(node_.system.run_program(
        {kubernetes().kubeadm, "reset", "-f", "--cri-socket", kubernetes().runtime.cri_socket}, kResetLimit));
  }
  if (membership == Membership::kAlmost || !manages(node_.record)) return ok_status();
  return install_authorities();
}

// kubeadm takes those that it finds, and makes what is missing.
Status KubeadmMember::install_authorities() {
  for (const NodePkiFile& file : kNodePkiFiles) {
    const std::string to = std::string(kKubeadmPkiFolder) + "/" + std::string(file.name);
    KRAKEN_TRY(node_.system.make_folder(to.substr(0, to.rfind('/'))));
    KRAKEN_TRY(node_.system.copy_file(std::string(kNodePkiFolder) + "/" + std::string(file.name), to,
                                      file.is_secret ? FileMode::kPrivate : FileMode::kPublic));
  }
  return ok_status();
}

Result<SecretBytes> KubeadmMember::make_config() const {
  KubeadmNode node{*kubernetes().version, kubernetes().runtime.cri_socket, kubernetes().runtime.cgroup_driver, {}};
  for (const IgnoredCheck& check : checks_to_ignore(kubernetes(), node_.record)) {
    node.ignored_checks.push_back(check.name);
  }
  KRAKEN_ASSIGN(const NodeSecrets secrets, read_node_secrets(access_.root));
  return is_first_manager(node_.record) ? kubeadm_init_config(node_.record, secrets, node)
                                        : kubeadm_join_config(node_.record, secrets, node);
}

std::vector<std::string> KubeadmMember::command(Membership membership) const {
  const bool is_first = is_first_manager(node_.record);
  std::vector<std::string> argv = {kubernetes().kubeadm, is_first ? "init" : "join"};
  if (membership == Membership::kAlmost) {
    argv.insert(argv.end(), {"phase", is_first ? "addon" : "control-plane-join", "all"});
  }
  argv.insert(argv.end(), {"--config", std::string(kKubeadmConfig)});
  return argv;
}

// The tokens lie there for as long as it runs, whatever comes of it.
Status KubeadmMember::run_kubeadm(Membership membership) {
  KRAKEN_ASSIGN(const SecretBytes config, make_config());
  KRAKEN_TRY(node_.system.replace_file(kKubeadmConfig, as_text(config.view()), FileMode::kPrivate));
  Status done = node_.system.run_program(command(membership), kKubeadmLimit);
  KRAKEN_TRY(node_.system.erase_file(kKubeadmConfig));
  return done;
}

Status KubeadmMember::clean_up() {
  KRAKEN_TRY(node_.system.erase_file(kKubeadmConfig));
  KRAKEN_TRY(node_.system.erase_file(kBootstrapConf));
  for (const NodePkiFile& file : kNodePkiFiles) {
    KRAKEN_TRY(node_.system.erase_file(std::string(kNodePkiFolder) + "/" + std::string(file.name)));
  }
  return ok_status();
}

Status KubeadmMember::note(SettledKubernetes::State state) {
  SettledKubernetes settled;
  settled.ca_hash = node_.record.join->kubeadm->ca_hash;
  settled.note = report_text(note_);
  settled.state = state;
  // What was said when it was begun counts still, unless something else is to be said now.
  if (const auto& before = kubernetes().settled; before && before->ca_hash == settled.ca_hash) {
    if (settled.note.empty()) settled.note = before->note;
    if (*before == settled) return ok_status();
  }
  KRAKEN_TRY(node_.system.make_folder(kStateFolder));
  return node_.system.replace_file(kSettledKubernetesPath, format_settled_kubernetes(settled), FileMode::kPublic);
}

}  // namespace kraken
