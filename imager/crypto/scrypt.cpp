#include "crypto/scrypt.h"

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <array>
#include <memory>

namespace kraken {

namespace {

constexpr std::uint32_t kMinLog2N = 10;
constexpr std::uint32_t kMaxLog2N = 20;
constexpr std::uint32_t kMaxBlocks = 32;  // r and p, each
constexpr std::uint64_t kMaxWork = std::uint64_t{1} << 24;
constexpr Bytes kMaxMemory = 256 * kMiB;
constexpr Bytes kLibraryOverhead = kMiB;  // what OpenSSL counts besides the 128 * N * r bytes of RFC 7914, section 5

struct FreeKdf {
  void operator()(EVP_KDF* kdf) const { EVP_KDF_free(kdf); }
};
struct FreeKdfContext {
  void operator()(EVP_KDF_CTX* context) const { EVP_KDF_CTX_free(context); }
};

Bytes memory_of(const ScryptCost& cost) {
  return (Bytes{128} * cost.r) << cost.log2_n;
}

// OpenSSL's parameters are not const, though a KDF only reads them.
OSSL_PARAM octets(const char* key, std::span<const std::byte> bytes) {
  return OSSL_PARAM_construct_octet_string(key, const_cast<std::byte*>(bytes.data()), bytes.size());
}

}  // namespace

bool is_bearable(const ScryptCost& cost) {
  if (cost.log2_n < kMinLog2N || cost.log2_n > kMaxLog2N) return false;
  if (cost.r < 1 || cost.r > kMaxBlocks || cost.p < 1 || cost.p > kMaxBlocks) return false;
  return memory_of(cost) <= kMaxMemory && (std::uint64_t{cost.r} * cost.p << cost.log2_n) <= kMaxWork;
}

Result<SecretBytes> scrypt(std::span<const std::byte> passphrase, std::span<const std::byte> salt,
                           const ScryptCost& cost, std::size_t length) {
  if (passphrase.empty()) return Error(ErrorCode::kInvalidArgument, "scrypt: the passphrase is empty");
  if (!is_bearable(cost)) return Error(ErrorCode::kInvalidArgument, "scrypt: the cost is out of bounds");
  const std::unique_ptr<EVP_KDF, FreeKdf> kdf(EVP_KDF_fetch(nullptr, OSSL_KDF_NAME_SCRYPT, nullptr));
  const std::unique_ptr<EVP_KDF_CTX, FreeKdfContext> context(kdf ? EVP_KDF_CTX_new(kdf.get()) : nullptr);
  if (!context) return Error(ErrorCode::kInternal, "scrypt: this OpenSSL does not offer it");

  std::uint64_t n = std::uint64_t{1} << cost.log2_n;
  std::uint32_t r = cost.r;
  std::uint32_t p = cost.p;
  std::uint64_t memory = memory_of(cost) + Bytes{128} * r * p + kLibraryOverhead;
  std::array<OSSL_PARAM, 7> parameters = {octets(OSSL_KDF_PARAM_PASSWORD, passphrase),
                                          octets(OSSL_KDF_PARAM_SALT, salt),
                                          OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_N, &n),
                                          OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_R, &r),
                                          OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_P, &p),
                                          OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_MAXMEM, &memory),
                                          OSSL_PARAM_construct_end()};
  SecretBytes out(length);
  auto* bytes = reinterpret_cast<unsigned char*>(out.bytes().data());
  if (EVP_KDF_derive(context.get(), bytes, out.size(), parameters.data()) != 1) {
    return Error(ErrorCode::kInternal, "scrypt: OpenSSL refused; is there too little memory?");
  }
  return out;
}

}  // namespace kraken
