// A file of the secrets folder under a passphrase: scrypt makes the key, AES-256-GCM encrypts what the file would hold
// in clear. Any file of that folder may be kept so. The text:
//
//   kraken-sealed 1
//   file cluster-secret                                its name: one file cannot stand in for another
//   scrypt 16 8 2 <salt>                               log2(N), r, p; the salt in base64
//   aes-256-gcm <nonce>
//   <the encrypted content and its tag, base64>
//
// The first four lines are authenticated. What a file asks for when it is read, of memory and time, is bounded.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret_bytes.h"
#include "crypto/scrypt.h"

namespace kraken {

inline constexpr Bytes kMaxSecretFileSize = 64 * kKiB;  // in clear
inline constexpr Bytes kMaxSealedFileSize = 128 * kKiB;

struct SealedFile {
  std::string name;
  ScryptCost cost;
  std::vector<std::byte> salt;
  std::vector<std::byte> nonce;
  std::vector<std::byte> data;
  friend bool operator==(const SealedFile&, const SealedFile&) = default;
};

// What to seal, and what for.
struct SealInput {
  std::string_view name;  // the file's, without its folder
  std::span<const std::byte> content;
  std::span<const std::byte> passphrase;
};

bool is_sealed_file(std::string_view text);

// kConfig for anything that is not exactly such a text, for another version, and for a cost that is out of bounds.
Result<SealedFile> parse_sealed_file(std::string_view text);
std::string format_sealed_file(const SealedFile& file);

// With a salt and a nonce of its own each time. kInvalidArgument for a name that is none, an empty passphrase or a
// content over kMaxSecretFileSize.
Result<SealedFile> seal_file(const SealInput& input, const ScryptCost& cost = kScryptCost);
// The content; nothing when the passphrase is another, or the file was changed: which of the two cannot be told.
Result<std::optional<SecretBytes>> open_sealed_file(const SealedFile& file, std::span<const std::byte> passphrase);

}  // namespace kraken
