#include "kubernetes/certificates.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <array>
#include <ctime>
#include <memory>

#include "base/text.h"

namespace kraken {

namespace {

constexpr std::size_t kSha256Size = 32;

struct Free {
  void operator()(BIO* bio) const { ::BIO_free(bio); }
  void operator()(X509* certificate) const { ::X509_free(certificate); }
  void operator()(unsigned char* bytes) const { ::OPENSSL_free(bytes); }
};

Error corrupt(std::string_view what) {
  ::ERR_clear_error();
  return Error(ErrorCode::kCorrupt, std::string(what));
}

Result<std::int64_t> seconds_of(const ASN1_TIME* time) {
  std::tm broken = {};
  if (time == nullptr || ::ASN1_TIME_to_tm(time, &broken) != 1) return corrupt("a certificate without a validity");
  return static_cast<std::int64_t>(::timegm(&broken));
}

Result<std::string> hash_of_key(const X509* certificate) {
  unsigned char* der = nullptr;
  const int size = ::i2d_X509_PUBKEY(::X509_get_X509_PUBKEY(certificate), &der);
  const std::unique_ptr<unsigned char, Free> owner(der);
  std::array<std::byte, kSha256Size> digest{};
  unsigned written = 0;
  if (size <= 0 || ::EVP_Digest(der, static_cast<std::size_t>(size), reinterpret_cast<unsigned char*>(digest.data()),
                                &written, ::EVP_sha256(), nullptr) != 1) {
    return corrupt("a certificate without a public key");
  }
  return "sha256:" + to_hex(digest);
}

// OpenSSL would ask the terminal for the passphrase of an encrypted file.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*unused*/) {
  return -1;
}

}  // namespace

Result<CertificateFacts> read_certificate(std::string_view pem) {
  if (pem.size() > kCertificateMaxSize) return corrupt("too large for a certificate");
  const std::unique_ptr<BIO, Free> bio(::BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  if (bio == nullptr) return corrupt("no memory for a certificate");
  const std::unique_ptr<X509, Free> certificate(::PEM_read_bio_X509(bio.get(), nullptr, no_passphrase, nullptr));
  if (certificate == nullptr) return corrupt("there is no certificate in it");
  CertificateFacts facts;
  KRAKEN_ASSIGN(facts.key_hash, hash_of_key(certificate.get()));
  KRAKEN_ASSIGN(facts.not_before, seconds_of(::X509_get0_notBefore(certificate.get())));
  KRAKEN_ASSIGN(facts.not_after, seconds_of(::X509_get0_notAfter(certificate.get())));
  return facts;
}

}  // namespace kraken
