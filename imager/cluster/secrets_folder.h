// The folder of the cluster's secrets, opened, and its files: in clear, or each under the passphrase (sealed_file.h).
// The passphrase is asked for once, however many files are read.
//
// Another passphrase comes over all files or over none: the new ones are written beside the old ones as NAME.next; from
// the moment that the file passphrase-change is there, NAME.next is what counts where there is one. What a power cut
// left is so read rightly, and tidied up by the next change.
#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret_bytes.h"
#include "base/unique_fd.h"
#include "cluster/passphrase.h"

namespace kraken {

inline constexpr std::string_view kClusterSecretFile = "cluster-secret";
inline constexpr std::string_view kKubernetesPkiFile = "kubernetes-pki";
// All that may be encrypted.
inline constexpr std::array<std::string_view, 2> kSecretFiles = {kClusterSecretFile, kKubernetesPkiFile};

using OptionalPassphrase = std::optional<std::span<const std::byte>>;

// A file of the folder, with what messages advise.
struct SecretFile {
  std::string_view name;
  std::string_view missing;  // where there is none
  std::string_view remedy;   // where it is damaged: what to do, after a "; "
};

class SecretsFolder {
 public:
  // kConfig as open_private_folder(). `ask` is asked for the passphrase when a file is encrypted; without it that is
  // kConfig.
  static Result<SecretsFolder> open(const std::filesystem::path& folder, AskPassphrase ask = {});

  const std::filesystem::path& path() const { return path_; }
  bool has(std::string_view name) const;
  // The content in clear. kConfig when the file is missing, not private, damaged, or when `ask` gave up.
  Result<SecretBytes> read(const SecretFile& file);
  // What opened the last encrypted file that was read; nothing when none was.
  OptionalPassphrase passphrase() const;

  // A new file, encrypted when a passphrase is given. kAlreadyExists when there is one, kConfig when the passphrase is
  // none to encrypt with; kIo as the system says, and then there is no such file.
  Status create(std::string_view name, std::span<const std::byte> content, const OptionalPassphrase& passphrase);

  // Puts all files of kSecretFiles that are there under another passphrase, or under none. Either all have changed or,
  // also after a power cut, none; kConfig when one cannot be read.
  Status change_passphrase(const OptionalPassphrase& passphrase);

  // What a message says of a damaged file: its path, what is wrong, and the remedy.
  Error malformed(const SecretFile& file, const std::string& what) const;

 private:
  SecretsFolder(std::filesystem::path path, UniqueFd fd, AskPassphrase ask)
      : path_(std::move(path)), fd_(std::move(fd)), ask_(std::move(ask)) {}
  bool is_there(std::string_view name) const;
  std::string current_name(std::string_view name) const;
  Status finish_change();
  Result<SecretBytes> unsealed(std::string_view text, const SecretFile& file);

  std::filesystem::path path_;
  UniqueFd fd_;
  AskPassphrase ask_;
  std::optional<SecretBytes> passphrase_;
};

}  // namespace kraken
