// What of an X.509 certificate says which cluster a node is of, and until when. The only includer of OpenSSL's X.509.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace kraken {

struct CertificateFacts {
  std::string key_hash;         // "sha256:" and the digest of the SubjectPublicKeyInfo, as kubeadm's discovery has it
  std::int64_t not_before = 0;  // seconds since 1970
  std::int64_t not_after = 0;
};

inline constexpr std::size_t kCertificateMaxSize = std::size_t{64} * 1024;

// Of the first certificate in a PEM file, whatever else is in it. kCorrupt when there is none.
Result<CertificateFacts> read_certificate(std::string_view pem);

}  // namespace kraken
