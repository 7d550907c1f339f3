#include "cli/ask_passphrase.h"
#include "cli/commands.h"
#include "cli/environment.h"
#include "cli/render.h"
#include "cluster/kubernetes_pki.h"
#include "cluster/secrets.h"
#include "sys/clock.h"

namespace kraken {

namespace {

Result<SecretsFolder> open_folder(const CommonOptions& common) {
  KRAKEN_ASSIGN(const Environment environment, make_environment(common));
  KRAKEN_ASSIGN(const ClusterConfig cluster, read_cluster(common.cluster_file, environment.paths));
  return SecretsFolder::open(cluster.secrets_folder.value, passphrase_from(common.passphrase_file));
}

}  // namespace

Status run_secrets_complete(const CommonOptions& common) {
  KRAKEN_ASSIGN(SecretsFolder folder, open_folder(common));
  // It says whether there is a passphrase over the folder, and that it is the right one.
  KRAKEN_TRY(ClusterSecrets::load(folder));
  warn_of_unused(common.passphrase_file, folder);
  if (folder.has(kKubernetesPkiFile)) {
    KRAKEN_TRY(load_kubernetes_pki(folder));
    print_line(folder.path().string() + ": nothing is missing");
    return ok_status();
  }
  KRAKEN_TRY(create_kubernetes_pki(folder, now().time_since_epoch().count(), folder.passphrase()));
  print_line((folder.path() / kKubernetesPkiFile).string() +
             (folder.passphrase() ? ": certificate authorities for Kubernetes, encrypted like the secret"
                                  : ": certificate authorities for Kubernetes, for you alone") +
             "; keep a copy");
  return ok_status();
}

Status run_secrets_passphrase(const SecretsPassphraseOptions& options, const CommonOptions& common) {
  KRAKEN_ASSIGN(SecretsFolder folder, open_folder(common));
  KRAKEN_TRY(ClusterSecrets::load(folder));  // the old passphrase is asked for before the new one
  warn_of_unused(common.passphrase_file, folder);
  std::optional<SecretBytes> passphrase;
  if (!options.remove) {
    KRAKEN_ASSIGN(passphrase, new_passphrase(options.new_passphrase_file, "--new-passphrase-file"));
  }
  OptionalPassphrase over;
  if (passphrase) over = passphrase->view();
  KRAKEN_TRY(folder.change_passphrase(over));
  print_line(folder.path().string() +
             (options.remove ? ": no longer encrypted: readable by whoever can read your files"
                             : ": encrypted with the new passphrase") +
             "; copies that you keep elsewhere are as they were");
  return ok_status();
}

}  // namespace kraken
