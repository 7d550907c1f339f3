#include <cstdlib>

#include "cli/ask_passphrase.h"
#include "cli/commands.h"
#include "cli/environment.h"
#include "cli/render.h"
#include "cluster/kubernetes_pki.h"
#include "cluster/secrets.h"
#include "config/cluster_template.h"
#include "sys/clock.h"
#include "sys/files.h"

namespace kraken {

namespace {

namespace stdfs = std::filesystem;

constexpr std::uint32_t kFirstHost = 11;  // node 1 of 192.168.3.0/24 is 192.168.3.11

// The public key that ssh would offer first.
Result<std::string> find_key_file() {
  const char* home = std::getenv("HOME");
  for (const char* name : {"id_ed25519", "id_ecdsa", "id_rsa"}) {
    std::error_code ignored;
    const std::string file = std::string(".ssh/") + name + ".pub";
    if (home != nullptr && stdfs::exists(stdfs::path(home) / file, ignored)) return "~/" + file;
  }
  return Error(ErrorCode::kInvalidArgument,
               "there is no public key in ~/.ssh: make one with ssh-keygen -t ed25519, or "
               "name one with --authorized-keys FILE");
}

Result<ClusterTemplate> wanted_cluster(const InitOptions& options) {
  ClusterTemplate wanted;
  wanted.name = options.name;
  wanted.base = options.base;
  wanted.nodes = options.nodes;
  wanted.user = options.user;
  wanted.first_host = kFirstHost;
  const auto subnet = parse_ipv4_subnet(options.subnet);
  if (!subnet) {
    return Error(ErrorCode::kInvalidArgument, "--subnet " + options.subnet + ": expected one like 192.168.3.0/24");
  }
  wanted.subnet = *subnet;
  wanted.gateway = {subnet->network.bits + 1};
  if (options.authorized_keys_file) {
    wanted.key_file = stdfs::absolute(*options.authorized_keys_file).lexically_normal().string();
    KRAKEN_ASSIGN(const std::string key, read_whole_file(wanted.key_file, kMiB).with_context("--authorized-keys"));
  } else {
    KRAKEN_ASSIGN(wanted.key_file, find_key_file());
  }
  return wanted;
}

// A mistake is an option's, and not one of a file that is not there yet.
Result<std::string> cluster_text(const ClusterTemplate& wanted) {
  struct Word {
    const char* option;
    std::string ClusterTemplate::*field;
  };
  for (const Word& word : {Word{"--name", &ClusterTemplate::name}, Word{"--base", &ClusterTemplate::base},
                           Word{"--user", &ClusterTemplate::user}}) {
    ClusterTemplate alone;
    alone.nodes = 1;
    alone.*word.field = wanted.*word.field;
    const auto text = commented_cluster_yaml(alone);
    if (text.ok()) continue;
    // What follows says the same of the names that are made of this one.
    const std::string& why = text.error().what();
    return Error(text.error().code(), std::string(word.option) + ": " + why.substr(0, why.find('\n')));
  }
  return commented_cluster_yaml(wanted);
}

// Nothing is made before the passphrase is known.
Status make_secrets(const InitOptions& options, const CommonOptions& common, const stdfs::path& folder) {
  std::optional<SecretBytes> passphrase;
  if (options.passphrase || common.passphrase_file) {
    KRAKEN_TRY(watch_for_interrupt());
    KRAKEN_ASSIGN(passphrase, new_passphrase(common.passphrase_file));
  }
  KRAKEN_TRY(make_folders(options.folder));
  OptionalPassphrase over;
  if (passphrase) over = passphrase->view();
  KRAKEN_TRY(ClusterSecrets::create(folder, over));
  KRAKEN_ASSIGN(SecretsFolder opened, SecretsFolder::open(folder));
  return create_kubernetes_pki(opened, now().time_since_epoch().count(), over);
}

}  // namespace

Status run_init(const InitOptions& options, const CommonOptions& common) {
  const stdfs::path file = options.folder / common.cluster_file.filename();
  const stdfs::path secrets = options.folder / "secrets";
  std::error_code ignored;
  if (stdfs::exists(file, ignored)) {
    return Error(ErrorCode::kAlreadyExists, file.string() + " is there already: nothing was changed");
  }
  KRAKEN_ASSIGN(const ClusterTemplate wanted, wanted_cluster(options));
  KRAKEN_ASSIGN(const std::string text, cluster_text(wanted));
  if (stdfs::exists(secrets / kKubernetesPkiFile, ignored)) {
    return Error(ErrorCode::kAlreadyExists, (secrets / kKubernetesPkiFile).string() +
                                                " is there already, without what init makes beside it: nothing was "
                                                "changed");
  }
  const bool encrypts = options.passphrase || common.passphrase_file.has_value();
  KRAKEN_TRY(make_secrets(options, common, secrets));
  KRAKEN_TRY(write_file_atomically(file, text, 0644));
  print_line(file.string() + ": " + std::to_string(wanted.nodes) + " nodes on " + format_ipv4_subnet(wanted.subnet) +
             ", user " + wanted.user + " with " + wanted.key_file);
  print_line(secrets.string() +
             (encrypts ? ": the cluster's secrets, encrypted; keep a copy, and the passphrase in mind"
                       : ": the cluster's secrets, for you alone; keep a copy, and keep it out of version control"));
  print_line("next: kraken-image -f " + file.string() + " plan --node 1");
  return ok_status();
}

}  // namespace kraken
