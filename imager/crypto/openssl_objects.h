// OpenSSL's objects under unique_ptr, and PEM texts in and out of them. Only for this folder's .cpp files.
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <limits>
#include <memory>
#include <string_view>

#include "base/result.h"
#include "base/secret_bytes.h"

namespace kraken {

struct FreeOpenSsl {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
  void operator()(BIGNUM* number) const { BN_free(number); }
  void operator()(BIO* bio) const { BIO_free(bio); }
};

using KeyHandle = std::unique_ptr<EVP_PKEY, FreeOpenSsl>;
using CertificateHandle = std::unique_ptr<X509, FreeOpenSsl>;
using BioHandle = std::unique_ptr<BIO, FreeOpenSsl>;

// Reads from the text, which it does not copy.
inline BioHandle open_text(std::string_view text) {
  if (text.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) return nullptr;
  return BioHandle(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// A text that grows in memory which is overwritten when it is freed.
inline BioHandle make_text() {
  return BioHandle(BIO_new(BIO_s_secmem()));
}

inline std::string_view written_text(const BioHandle& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return size > 0 ? std::string_view(data, static_cast<std::size_t>(size)) : std::string_view();
}

// The key of a PEM text that is exactly what private_key_text() writes. kCorrupt for anything else.
Result<KeyHandle> read_private_key(std::string_view pem);
// kInternal when the library refuses.
Result<SecretBytes> private_key_text(const KeyHandle& key);

}  // namespace kraken
