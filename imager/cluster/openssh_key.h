// The wire and file formats of OpenSSH Ed25519 keys: PROTOCOL.key of OpenSSH ("openssh-key-v1") and RFC 8709,
// section 4. Pure functions; what holds the private key is a SecretBytes.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret_bytes.h"
#include "crypto/ed25519.h"

namespace kraken {

// string "ssh-ed25519", string key: what base64 stands for in a public key line, and what a fingerprint is made of.
std::string ssh_public_blob(const Ed25519PublicKey& key);

struct OpensshKeyParts {
  std::span<const std::byte> seed;  // 32 bytes
  Ed25519PublicKey public_key;
  std::uint32_t check = 0;  // written twice; readers compare the two after decrypting
  std::string_view comment;
};
// The private key file's text, not encrypted (cipher "none").
SecretBytes openssh_private_key(const OpensshKeyParts& parts);

}  // namespace kraken
