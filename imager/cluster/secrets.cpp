#include "cluster/secrets.h"

#include <algorithm>
#include <string>

#include "base/text.h"
#include "cluster/private_files.h"
#include "cluster/sealed_file.h"
#include "crypto/base64.h"
#include "crypto/hkdf.h"
#include "crypto/random.h"

namespace kraken {

namespace {

// The file in clear: this line, a line of base64, and nothing else.
constexpr std::string_view kHeader = "kraken-cluster-secret 1\n";
constexpr std::string_view kHeaderWord = "kraken-cluster-secret ";

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

// The content of a file that a passphrase is over.
Result<SecretBytes> unsealed(std::string_view text, const std::filesystem::path& path, const AskPassphrase& ask) {
  const auto sealed = parse_sealed_file(text);
  if (!sealed.ok()) return malformed(path, sealed.error().what());
  if (sealed->name != kClusterSecretFile) return malformed(path, "this is another file of the folder, encrypted");
  if (!ask) return Error(ErrorCode::kConfig, path.string() + ": this is encrypted, and no passphrase was given");
  for (int wrong_ones = 0;; ++wrong_ones) {
    KRAKEN_ASSIGN(const SecretBytes passphrase, ask(path, wrong_ones));
    KRAKEN_ASSIGN(auto content, open_sealed_file(*sealed, passphrase.view()).with_context(path.string()));
    if (content) return std::move(*content);
  }
}

Result<SecretBytes> stored_form(std::string_view text, const std::optional<std::span<const std::byte>>& passphrase) {
  if (!passphrase) return SecretBytes(as_bytes(text));
  KRAKEN_ASSIGN(const SealedFile sealed,
                seal_file({.name = kClusterSecretFile, .content = as_bytes(text), .passphrase = *passphrase}));
  return SecretBytes(as_bytes(format_sealed_file(sealed)));
}

bool is_label(std::string_view label) {
  return !label.empty() && std::all_of(label.begin(), label.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

}  // namespace

Status ClusterSecrets::create(const std::filesystem::path& folder,
                              const std::optional<std::span<const std::byte>>& passphrase) {
  if (passphrase) KRAKEN_TRY(check_new_passphrase(*passphrase));
  KRAKEN_TRY(make_private_folder(folder));
  KRAKEN_ASSIGN(const UniqueFd folder_fd, open_private_folder(folder));
  KRAKEN_ASSIGN(const SecretBytes secret, random_bytes(kClusterSecretSize));
  std::string encoded = to_base64(secret.view());
  std::string text;
  text.reserve(kHeader.size() + encoded.size() + 1);
  text.append(kHeader).append(encoded).append("\n");
  cleanse(encoded);
  const auto content = stored_form(text, passphrase);
  const Status status =
      content.ok() ? create_private_file(secret_file(folder_fd, folder), as_text(content->view())) : content.error();
  cleanse(text);
  return status;
}

Result<ClusterSecrets> ClusterSecrets::load(const std::filesystem::path& folder, const AskPassphrase& ask) {
  KRAKEN_ASSIGN(const UniqueFd folder_fd, open_private_folder(folder));
  const PrivateFile file = secret_file(folder_fd, folder);
  KRAKEN_ASSIGN(std::string text, read_private_file(file, kMaxSealedFileSize));
  if (is_sealed_file(text)) {
    KRAKEN_ASSIGN(const SecretBytes content, unsealed(text, file.path, ask));
    KRAKEN_ASSIGN(SecretBytes secret, parse_secret(as_text(content.view()), file.path));
    return ClusterSecrets(std::move(secret));
  }
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
