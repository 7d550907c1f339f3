#include "cluster/secrets_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "base/text.h"
#include "cluster/private_files.h"
#include "cluster/sealed_file.h"

namespace kraken {

namespace {

constexpr std::string_view kChangeMark = "passphrase-change";
constexpr std::string_view kNextSuffix = ".next";

std::string next_name(std::string_view name) {
  return std::string(name) + std::string(kNextSuffix);
}

Result<SecretBytes> stored_form(std::string_view name, std::span<const std::byte> content,
                                const OptionalPassphrase& passphrase) {
  if (!passphrase) return SecretBytes(content);
  KRAKEN_ASSIGN(const SealedFile sealed, seal_file({.name = name, .content = content, .passphrase = *passphrase}));
  return SecretBytes(as_bytes(format_sealed_file(sealed)));
}

}  // namespace

Result<SecretsFolder> SecretsFolder::open(const std::filesystem::path& folder, AskPassphrase ask) {
  KRAKEN_ASSIGN(UniqueFd fd, open_private_folder(folder));
  return SecretsFolder(folder, std::move(fd), std::move(ask));
}

bool SecretsFolder::is_there(std::string_view name) const {
  struct stat ignored = {};
  return ::fstatat(fd_.get(), std::string(name).c_str(), &ignored, AT_SYMLINK_NOFOLLOW) == 0;
}

std::string SecretsFolder::current_name(std::string_view name) const {
  const std::string next = next_name(name);
  return is_there(kChangeMark) && is_there(next) ? next : std::string(name);
}

bool SecretsFolder::has(std::string_view name) const {
  return is_there(current_name(name));
}

Error SecretsFolder::malformed(const SecretFile& file, const std::string& what) const {
  return Error(ErrorCode::kConfig,
               (path_ / current_name(file.name)).string() + ": " + what + "; " + std::string(file.remedy));
}

OptionalPassphrase SecretsFolder::passphrase() const {
  if (!passphrase_) return std::nullopt;
  return passphrase_->view();
}

Result<SecretBytes> SecretsFolder::unsealed(std::string_view text, const SecretFile& file) {
  const auto sealed = parse_sealed_file(text);
  if (!sealed.ok()) return malformed(file, sealed.error().what());
  if (sealed->name != file.name) return malformed(file, "this is another file of the folder, encrypted");
  const std::filesystem::path path = path_ / file.name;
  if (passphrase_) {
    KRAKEN_ASSIGN(auto content, open_sealed_file(*sealed, passphrase_->view()).with_context(path.string()));
    if (content) return std::move(*content);
  }
  if (!ask_) return Error(ErrorCode::kConfig, path.string() + ": this is encrypted, and no passphrase was given");
  for (int wrong_ones = 0;; ++wrong_ones) {
    KRAKEN_ASSIGN(SecretBytes passphrase, ask_(path, wrong_ones));
    KRAKEN_ASSIGN(auto content, open_sealed_file(*sealed, passphrase.view()).with_context(path.string()));
    if (!content) continue;
    passphrase_ = std::move(passphrase);
    return std::move(*content);
  }
}

Result<SecretBytes> SecretsFolder::read(const SecretFile& file) {
  const PrivateFile there{
      .folder_fd = fd_.get(), .path = path_ / current_name(file.name), .missing = file.missing, .remedy = file.remedy};
  KRAKEN_ASSIGN(std::string text, read_private_file(there, kMaxSealedFileSize));
  if (is_sealed_file(text)) return unsealed(text, file);
  SecretBytes content(as_bytes(text));
  cleanse(text);
  if (content.size() > kMaxSecretFileSize) return malformed(file, "larger than any secret");
  return content;
}

Status SecretsFolder::create(std::string_view name, std::span<const std::byte> content,
                             const OptionalPassphrase& passphrase) {
  if (passphrase) KRAKEN_TRY(check_new_passphrase(*passphrase));
  const std::string place = current_name(name);
  KRAKEN_ASSIGN(const SecretBytes stored, stored_form(name, content, passphrase));
  return create_private_file({.folder_fd = fd_.get(), .path = path_ / place}, as_text(stored.view()));
}

Status SecretsFolder::finish_change() {
  for (const std::string_view name : kSecretFiles) {
    const std::string next = next_name(name);
    if (::renameat(fd_.get(), next.c_str(), fd_.get(), std::string(name).c_str()) != 0 && errno != ENOENT) {
      return Error::from_errno(errno, "rename " + (path_ / next).string());
    }
  }
  // The names must be on the disk before what tells them apart is gone.
  if (::fsync(fd_.get()) != 0) return Error::from_errno(errno, "fsync " + path_.string());
  if (::unlinkat(fd_.get(), std::string(kChangeMark).c_str(), 0) != 0) {
    return Error::from_errno(errno, "remove " + (path_ / kChangeMark).string());
  }
  if (::fsync(fd_.get()) != 0) return Error::from_errno(errno, "fsync " + path_.string());
  return ok_status();
}

Status SecretsFolder::change_passphrase(const OptionalPassphrase& passphrase) {
  if (passphrase) KRAKEN_TRY(check_new_passphrase(*passphrase));
  if (is_there(kChangeMark)) KRAKEN_TRY(finish_change());
  constexpr std::string_view kRemedy = "put the right file back from your backup";
  for (const std::string_view name : kSecretFiles) {
    const std::string next = next_name(name);
    // Of a change that was not finished: whether its passphrase is the one that is now wanted is not known.
    if (::unlinkat(fd_.get(), next.c_str(), 0) != 0 && errno != ENOENT) {
      return Error::from_errno(errno, "remove " + (path_ / next).string());
    }
    if (!has(name)) continue;
    KRAKEN_ASSIGN(const SecretBytes content, read({name, "this file is gone", kRemedy}));
    KRAKEN_ASSIGN(const SecretBytes stored, stored_form(name, content.view(), passphrase));
    KRAKEN_TRY(create_private_file({.folder_fd = fd_.get(), .path = path_ / next}, as_text(stored.view())));
  }
  KRAKEN_TRY(create_private_file({.folder_fd = fd_.get(), .path = path_ / kChangeMark},
                                 "Where NAME.next is beside NAME, it has the new passphrase and counts.\n"));
  return finish_change();
}

}  // namespace kraken
