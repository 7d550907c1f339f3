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

// The file: this line, a line of base64, and nothing else. A later version (a passphrase over it, say) has another
// line.
constexpr std::string_view kHeader = "kraken-cluster-secret 1\n";
constexpr std::string_view kHeaderWord = "kraken-cluster-secret ";
constexpr Bytes kMaxFileSize = 4 * kKiB;

PrivateFile secret_file(const UniqueFd& folder_fd, const std::filesystem::path& folder) {
  return {.folder_fd = folder_fd.get(), .path = folder / kClusterSecretFile};
}

Error malformed(const std::filesystem::path& path, const std::string& what) {
  return Error(ErrorCode::kConfig,
               path.string() + ": " + what +
                   "; put the right file back from your backup, or move it away and run init, which "
                   "gives every node a new identity");
}

Result<SecretBytes> parse_secret(std::string_view text, const std::filesystem::path& path) {
  if (!text.starts_with(kHeaderWord)) return malformed(path, "this is not a cluster secret");
  if (!text.starts_with(kHeader)) return malformed(path, "this secret has a version that this program does not know");
  text.remove_prefix(kHeader.size());
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  auto secret = from_base64(text);
  if (!secret || secret->size() != kClusterSecretSize) {
    return malformed(path, "the second line is not " + std::to_string(kClusterSecretSize) + " bytes in base64");
  }
  return std::move(*secret);
}

bool is_label(std::string_view label) {
  return !label.empty() && std::all_of(label.begin(), label.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

}  // namespace

Status ClusterSecrets::create(const std::filesystem::path& folder) {
  KRAKEN_TRY(make_private_folder(folder));
  KRAKEN_ASSIGN(const UniqueFd folder_fd, open_private_folder(folder));
  KRAKEN_ASSIGN(const SecretBytes secret, random_bytes(kClusterSecretSize));
  std::string encoded = to_base64(secret.view());
  std::string text;
  text.reserve(kHeader.size() + encoded.size() + 1);
  text.append(kHeader).append(encoded).append("\n");
  const Status status = create_private_file(secret_file(folder_fd, folder), text);
  cleanse(encoded);
  cleanse(text);
  return status;
}

Result<ClusterSecrets> ClusterSecrets::load(const std::filesystem::path& folder) {
  KRAKEN_ASSIGN(const UniqueFd folder_fd, open_private_folder(folder));
  const PrivateFile file = secret_file(folder_fd, folder);
  KRAKEN_ASSIGN(std::string text, read_private_file(file, kMaxFileSize));
  auto secret = parse_secret(text, file.path);
  cleanse(text);
  if (!secret.ok()) return secret.error();
  return ClusterSecrets(std::move(secret).value());
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
