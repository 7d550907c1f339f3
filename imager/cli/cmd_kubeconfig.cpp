#include "base/text.h"
#include "cli/ask_passphrase.h"
#include "cli/commands.h"
#include "cli/environment.h"
#include "cli/render.h"
#include "cluster/kubeconfig.h"
#include "sys/clock.h"
#include "sys/files.h"

namespace kraken {

namespace {

constexpr std::int64_t kDay = std::int64_t{24} * 60 * 60;
constexpr Bytes kMaxKubeconfig = kMiB;

// Somebody's ~/.kube/config may have the keys of other clusters.
Status check_replaceable(const std::filesystem::path& file) {
  auto text = read_whole_file(file, kMaxKubeconfig);
  if (!text.ok() && text.error().code() == ErrorCode::kNotFound) return ok_status();
  const bool is_ours = text.ok() && text->starts_with(kKubeconfigMark);
  if (text.ok()) cleanse(*text);
  if (is_ours) return ok_status();
  return Error(ErrorCode::kAlreadyExists, file.string() +
                                              " is there already, and no kubeconfig of kraken-image's: nothing was "
                                              "changed; name another file with --output");
}

}  // namespace

Status run_kubeconfig(const KubeconfigOptions& options, const CommonOptions& common) {
  KRAKEN_ASSIGN(const Environment environment, make_environment(common));
  KRAKEN_ASSIGN(const ClusterConfig cluster, read_cluster(common.cluster_file, environment.paths));
  const std::filesystem::path file = options.output.value_or(cluster.folder / (cluster.name.value + ".kubeconfig"));
  KRAKEN_TRY(check_replaceable(file));
  KRAKEN_ASSIGN(SecretsFolder folder,
                SecretsFolder::open(cluster.secrets_folder.value, passphrase_from(common.passphrase_file)));
  KRAKEN_ASSIGN(const KubernetesPki pki, load_kubernetes_pki(folder));
  warn_of_unused(common.passphrase_file, folder);
  // From a day ago: the servers' clocks may be behind.
  const Validity validity{environment.clock - kDay, environment.clock + options.days * kDay};
  KRAKEN_ASSIGN(const SecretBytes text, make_kubeconfig(cluster, pki, validity));
  KRAKEN_TRY(write_file_atomically(file, as_text(text.view()), 0600));
  print_line(file.string() + ": for the user kubernetes-admin until " +
             format_utc(TimePoint(std::chrono::seconds(validity.until))) +
             "; who has this file has the whole cluster, and it cannot be taken back");
  print_line("next: kubectl --kubeconfig " + file.string() + " get nodes");
  return ok_status();
}

}  // namespace kraken
