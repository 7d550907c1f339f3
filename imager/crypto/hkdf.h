// HKDF with SHA-256 (RFC 5869): one secret in, any number of independent ones out.
#pragma once

#include <cstddef>
#include <span>

#include "base/result.h"
#include "base/secret_bytes.h"

namespace kraken {

// RFC 5869, section 2.3: L <= 255 * HashLen.
inline constexpr std::size_t kHkdfSha256MaxLength = 255 * std::size_t{32};

// None is owned. The key is the input keying material (IKM); an empty salt counts as 32 zero bytes (section 2.2).
struct HkdfInput {
  std::span<const std::byte> key;
  std::span<const std::byte> salt;
  std::span<const std::byte> info;
};

// `length` bytes. kInvalidArgument for an empty key and for a length of 0 or over the maximum; kInternal when the
// library refuses, which it has no reason to.
Result<SecretBytes> hkdf_sha256(const HkdfInput& input, std::size_t length);

}  // namespace kraken
