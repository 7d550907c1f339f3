// Key pairs of certificates, as PEM texts: the private half is the key, "EC PRIVATE KEY" (RFC 5915) or "RSA PRIVATE
// KEY" (RFC 8017, appendix A.1.2), which is what Kubernetes' own programs write and every version of them reads.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret_bytes.h"

namespace kraken {

inline constexpr std::size_t kMaxPemSize = std::size_t{16} * 1024;  // of one key or certificate

// New ones; kInternal when the library refuses, for lack of randomness for one.
Result<SecretBytes> make_p256_key();      // NIST P-256, as in FIPS 186-4
Result<SecretBytes> make_rsa_2048_key();  // exponent 65537

enum class KeyKind { kP256, kRsa2048 };
// kCorrupt for anything but exactly one private key in the form that the above have; no text of it is in the error.
Result<KeyKind> kind_of_key(std::string_view private_key);

// "PUBLIC KEY" (RFC 5280, SubjectPublicKeyInfo). kCorrupt as kind_of_key().
Result<std::string> public_key_of(std::string_view private_key);

}  // namespace kraken
