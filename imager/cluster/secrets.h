// The cluster's secrets: a folder that `init` makes, 0700, with the file cluster-secret, 0600. That file holds 32
// random bytes; everything else that must be secret or the same at every burn (host keys, join keys) is derived from
// them, so losing the file changes the identity of every node that is burned afterwards. It may be encrypted with a
// passphrase, as may the files beside it (secrets_folder.h).
//
// Nothing here prints a secret, and no Error holds one. The objects own their bytes and overwrite them at their end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string_view>

#include "base/result.h"
#include "base/secret_bytes.h"
#include "cluster/passphrase.h"
#include "cluster/secrets_folder.h"

namespace kraken {

inline constexpr std::size_t kClusterSecretSize = 32;

// What a derived secret is for. Two that differ in any field are independent.
struct SecretPurpose {
  std::string_view cluster;   // the cluster's name: the salt
  std::string_view label;     // "ssh-host-ed25519", ...: lower-case letters, digits and '-'
  std::uint32_t node_id = 0;  // 1 to 65535; 0: for the cluster as a whole
  std::size_t length = 32;    // bytes
};

class ClusterSecrets {
 public:
  // Makes the folder (parents must exist; a private one that is there is used) and a new secret in it, encrypted when
  // a passphrase is given. kAlreadyExists, and nothing changed, when there is a secret; kConfig when the folder is not
  // private or the passphrase is none to encrypt with; kIo as the system says.
  static Status create(const std::filesystem::path& folder, const OptionalPassphrase& passphrase = std::nullopt);

  // kConfig when the folder or the file is missing, is a symbolic link or another kind of file, belongs to somebody
  // else, is open to group or others, or does not hold exactly a secret; the text says which command puts it right.
  // One that is encrypted is asked for its passphrase until it is right or `ask` gives up; without `ask` it is kConfig.
  static Result<ClusterSecrets> load(const std::filesystem::path& folder, const AskPassphrase& ask = {});
  // The same of a folder that is open, whose passphrase then opens its other files as well.
  static Result<ClusterSecrets> load(SecretsFolder& folder);

  // A secret of known bytes, for tests and for another place that secrets may come from. kInvalidArgument unless it has
  // kClusterSecretSize bytes.
  static Result<ClusterSecrets> from_bytes(SecretBytes secret);

  // HKDF-SHA256 of the secret, salt = cluster name, info = "kraken/<label>/<node id>". kInvalidArgument when the label
  // has another character (a '/' would make two purposes one), the cluster's name is empty, or the length is not one
  // that HKDF gives.
  Result<SecretBytes> derive(const SecretPurpose& purpose) const;

 private:
  explicit ClusterSecrets(SecretBytes secret) : secret_(std::move(secret)) {}

  SecretBytes secret_;
};

}  // namespace kraken
