#include "cluster/secrets.h"

#include <algorithm>
#include <string>

#include "base/text.h"
#include "cluster/private_files.h"
#include "crypto/base64.h"
#include "crypto/hkdf.h"
#include "crypto/random.h"

namespace kraken {

namespace {

// The file in clear: this line, a line of base64, and nothing else.
constexpr std::string_view kHeader = "kraken-cluster-secret 1\n";
constexpr std::string_view kHeaderWord = "kraken-cluster-secret ";

constexpr SecretFile kFile = {
    kClusterSecretFile,
    "there is no such secret; `kraken-image init` makes one, and a lost one that nodes were burned with must come back "
    "from your backup",
    "put the right file back from your backup, or move it away and run init, which gives every node a new identity"};

Result<SecretBytes> parse_secret(std::string_view text, const SecretsFolder& folder) {
  if (!text.starts_with(kHeaderWord)) return folder.malformed(kFile, "this is not a cluster secret");
  if (!text.starts_with(kHeader)) {
    return folder.malformed(kFile, "this secret has a version that this program does not know");
  }
  text.remove_prefix(kHeader.size());
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  auto secret = from_base64(text);
  if (!secret || secret->size() != kClusterSecretSize) {
    return folder.malformed(kFile, "the second line is not " + std::to_string(kClusterSecretSize) + " bytes in base64");
  }
  return std::move(*secret);
}

bool is_label(std::string_view label) {
  return !label.empty() && std::all_of(label.begin(), label.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

}  // namespace

Status ClusterSecrets::create(const std::filesystem::path& folder, const OptionalPassphrase& passphrase) {
  if (passphrase) KRAKEN_TRY(check_new_passphrase(*passphrase));
  KRAKEN_TRY(make_private_folder(folder));
  KRAKEN_ASSIGN(SecretsFolder opened, SecretsFolder::open(folder));
  KRAKEN_ASSIGN(const SecretBytes secret, random_bytes(kClusterSecretSize));
  std::string encoded = to_base64(secret.view());
  std::string text;
  text.reserve(kHeader.size() + encoded.size() + 1);
  text.append(kHeader).append(encoded).append("\n");
  cleanse(encoded);
  Status status = opened.create(kClusterSecretFile, as_bytes(text), passphrase);
  cleanse(text);
  return status;
}

Result<ClusterSecrets> ClusterSecrets::load(const std::filesystem::path& folder, const AskPassphrase& ask) {
  KRAKEN_ASSIGN(SecretsFolder opened, SecretsFolder::open(folder, ask));
  return load(opened);
}

Result<ClusterSecrets> ClusterSecrets::load(SecretsFolder& folder) {
  KRAKEN_ASSIGN(const SecretBytes content, folder.read(kFile));
  KRAKEN_ASSIGN(SecretBytes secret, parse_secret(as_text(content.view()), folder));
  return ClusterSecrets(std::move(secret));
}

Result<ClusterSecrets> ClusterSecrets::from_bytes(SecretBytes secret) {
  if (secret.size() != kClusterSecretSize) {
    return Error(ErrorCode::kInvalidArgument, "a cluster secret has " + std::to_string(kClusterSecretSize) +
                                                  " bytes, not " + std::to_string(secret.size()));
  }
  return ClusterSecrets(std::move(secret));
}

Result<SecretBytes> ClusterSecrets::derive(const SecretPurpose& purpose) const {
  if (!is_label(purpose.label)) {
    return Error(ErrorCode::kInvalidArgument, "'" + std::string(purpose.label) + "' cannot name a derived secret");
  }
  if (purpose.cluster.empty()) {
    return Error(ErrorCode::kInvalidArgument, "a secret is derived for a cluster, and the cluster's name is empty");
  }
  const std::string info = "kraken/" + std::string(purpose.label) + "/" + std::to_string(purpose.node_id);
  return hkdf_sha256({.key = secret_.view(), .salt = as_bytes(purpose.cluster), .info = as_bytes(info)},
                     purpose.length);
}

}  // namespace kraken
