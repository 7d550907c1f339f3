#include "crypto/hkdf.h"

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <array>
#include <memory>

namespace kraken {

namespace {

struct FreeKdf {
  void operator()(EVP_KDF* kdf) const { EVP_KDF_free(kdf); }
};
struct FreeKdfContext {
  void operator()(EVP_KDF_CTX* context) const { EVP_KDF_CTX_free(context); }
};

// OpenSSL's parameters are not const, though a KDF only reads them.
OSSL_PARAM octets(const char* key, std::span<const std::byte> bytes) {
  return OSSL_PARAM_construct_octet_string(key, const_cast<std::byte*>(bytes.data()), bytes.size());
}

}  // namespace

Result<SecretBytes> hkdf_sha256(const HkdfInput& input, std::size_t length) {
  if (input.key.empty()) return Error(ErrorCode::kInvalidArgument, "HKDF: the key to derive from is empty");
  if (length == 0 || length > kHkdfSha256MaxLength) {
    return Error(ErrorCode::kInvalidArgument, "HKDF-SHA256 gives 1 to " + std::to_string(kHkdfSha256MaxLength) +
                                                  " bytes, not " + std::to_string(length));
  }
  const std::unique_ptr<EVP_KDF, FreeKdf> kdf(EVP_KDF_fetch(nullptr, OSSL_KDF_NAME_HKDF, nullptr));
  const std::unique_ptr<EVP_KDF_CTX, FreeKdfContext> context(kdf ? EVP_KDF_CTX_new(kdf.get()) : nullptr);
  if (!context) return Error(ErrorCode::kInternal, "HKDF: this OpenSSL does not offer it");

  char digest[] = "SHA256";
  std::array<OSSL_PARAM, 5> parameters{};
  std::size_t used = 0;
  parameters[used++] = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0);
  parameters[used++] = octets(OSSL_KDF_PARAM_KEY, input.key);
  // An empty salt or info is the same as none (RFC 5869, section 2.2), and a null pointer of length 0 is refused.
  if (!input.salt.empty()) parameters[used++] = octets(OSSL_KDF_PARAM_SALT, input.salt);
  if (!input.info.empty()) parameters[used++] = octets(OSSL_KDF_PARAM_INFO, input.info);
  parameters[used] = OSSL_PARAM_construct_end();

  SecretBytes out(length);
  auto* bytes = reinterpret_cast<unsigned char*>(out.bytes().data());
  if (EVP_KDF_derive(context.get(), bytes, out.size(), parameters.data()) != 1) {
    return Error(ErrorCode::kInternal, "HKDF: OpenSSL refused to derive " + std::to_string(length) + " bytes");
  }
  return out;
}

}  // namespace kraken
