// AES-256-GCM (NIST SP 800-38D): encrypts and authenticates a text, and authenticates what is said about it in clear.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "base/secret_bytes.h"

namespace kraken {

inline constexpr std::size_t kAesGcmKeySize = 32;
inline constexpr std::size_t kAesGcmNonceSize = 12;
inline constexpr std::size_t kAesGcmTagSize = 16;

// None is owned. A key and a nonce together serve for one text only.
struct AesGcmInput {
  std::span<const std::byte> key;
  std::span<const std::byte> nonce;
  std::span<const std::byte> associated;  // in clear, and authenticated
  std::span<const std::byte> text;
};

// The encrypted text and the tag behind it. kInvalidArgument for a key or nonce of another size; kInternal when the
// library refuses.
Result<std::vector<std::byte>> aes256_gcm_seal(const AesGcmInput& input);
// The text again; nothing when the key is another or anything was changed. Fails as seal does.
Result<std::optional<SecretBytes>> aes256_gcm_open(const AesGcmInput& input);

}  // namespace kraken
