#include "crypto/ed25519.h"

#include <openssl/evp.h>

#include <memory>

namespace kraken {

namespace {

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};

}  // namespace

Result<Ed25519PublicKey> ed25519_public_key(std::span<const std::byte> seed) {
  if (seed.size() != kEd25519SeedSize) {
    return Error(ErrorCode::kInvalidArgument, "Ed25519: a seed has 32 bytes, not " + std::to_string(seed.size()));
  }
  const auto* bytes = reinterpret_cast<const unsigned char*>(seed.data());
  const std::unique_ptr<EVP_PKEY, FreeKey> key(
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes, seed.size()));
  Ed25519PublicKey out{};
  std::size_t size = out.size();
  if (!key || EVP_PKEY_get_raw_public_key(key.get(), reinterpret_cast<unsigned char*>(out.data()), &size) != 1 ||
      size != out.size()) {
    return Error(ErrorCode::kInternal, "Ed25519: OpenSSL made no public key");
  }
  return out;
}

}  // namespace kraken
