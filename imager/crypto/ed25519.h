// Ed25519 (RFC 8032): the public key that belongs to a private one. A private key is its 32-byte seed, so that it can
// be derived. Signing is not here: the SSH server on the node does that.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "base/result.h"

namespace kraken {

inline constexpr std::size_t kEd25519SeedSize = 32;  // RFC 8032, section 5.1.5: "32 octets of ... random data"

using Ed25519PublicKey = std::array<std::byte, 32>;

// kInvalidArgument when the seed has another size; kInternal when the library refuses.
Result<Ed25519PublicKey> ed25519_public_key(std::span<const std::byte> seed);

}  // namespace kraken
