#include "cluster/passphrase.h"

#include <fcntl.h>

#include <algorithm>
#include <string>

#include "base/text.h"
#include "cluster/private_files.h"

namespace kraken {

namespace {

Error unusable(const std::string& what) {
  return Error(ErrorCode::kConfig, what);
}

bool has_control_character(std::span<const std::byte> text) {
  return std::ranges::any_of(text, [](std::byte b) { return b < std::byte{0x20} || b == std::byte{0x7f}; });
}

Result<SecretBytes> only_line(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  if (text.empty() || text.size() > kMaxPassphrase || has_control_character(as_bytes(text))) {
    return unusable("expected the passphrase as the file's one line, of up to " + std::to_string(kMaxPassphrase) +
                    " bytes");
  }
  return SecretBytes(as_bytes(text));
}

}  // namespace

Status check_new_passphrase(std::span<const std::byte> passphrase) {
  if (passphrase.size() < kMinPassphrase || passphrase.size() > kMaxPassphrase) {
    return unusable("a passphrase has " + std::to_string(kMinPassphrase) + " to " + std::to_string(kMaxPassphrase) +
                    " characters; a few unusual words are a good one");
  }
  if (has_control_character(passphrase)) return unusable("a passphrase has no control characters");
  return ok_status();
}

Result<SecretBytes> read_passphrase_file(const std::filesystem::path& file) {
  KRAKEN_ASSIGN(std::string text, read_private_file({.folder_fd = AT_FDCWD,
                                                     .path = file,
                                                     .missing = "there is no such passphrase file",
                                                     .remedy = "write the passphrase into it as one line"},
                                                    kMaxPassphrase + 2));
  auto passphrase = only_line(text).with_context(file.string());
  cleanse(text);
  return passphrase;
}

}  // namespace kraken
