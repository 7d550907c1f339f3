// X.509 certificates (RFC 5280) of the two kinds that a cluster is begun with: self-signed authorities, and clients
// that one of them signs. All are PEM texts, with one certificate each; keys are those of key_pair.h.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret_bytes.h"
#include "crypto/digest.h"

namespace kraken {

// Seconds since 1970 UTC; both ends count.
struct Validity {
  std::int64_t from = 0;
  std::int64_t until = 0;
};

// Both halves of an authority.
struct CertificateAuthority {
  std::string certificate;
  SecretBytes key;
};

// A new P-256 key and its certificate: CA:TRUE, for signatures, key encipherment and certificates, with a random serial
// number. kInvalidArgument for an empty name or one of more than 64 bytes (RFC 5280, ub-common-name), kInternal when
// the library refuses.
Result<CertificateAuthority> make_authority(std::string_view common_name, const Validity& validity);

// kCorrupt unless both halves are in exactly the form that make_authority() gives, belong together, and the certificate
// is an authority that signed itself. Its validity is not looked at.
Status check_authority(const CertificateAuthority& authority);

struct ClientName {
  std::string_view common_name;   // the user, to Kubernetes
  std::string_view organization;  // the group
};
// A certificate that proves a client, and nothing else. The authority must have passed check_authority(); `key` is the
// client's own, whose public half goes in. kCorrupt when either cannot be read, else as make_authority().
Result<std::string> sign_client(const CertificateAuthority& authority, const ClientName& name, std::string_view key,
                                const Validity& validity);

// Of the DER of the certificate's SubjectPublicKeyInfo: what RFC 7469 pins, and kubeadm's discovery hash. kCorrupt when
// the text is no certificate.
Result<Sha256Digest> public_key_digest(std::string_view certificate);

}  // namespace kraken
