#include "crypto/digest.h"

#include <openssl/evp.h>

#include <algorithm>
#include <cstdlib>

#include "base/text.h"

namespace kraken {

namespace {

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

// OpenSSL fails here only without memory or without SHA-256: neither can be answered.
void must(bool ok) {
  if (!ok) std::abort();
}

}  // namespace

struct Sha256::Context {
  std::unique_ptr<EVP_MD_CTX, FreeContext> md{EVP_MD_CTX_new()};
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {
  must(context_->md && EVP_DigestInit_ex(context_->md.get(), EVP_sha256(), nullptr) == 1);
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::span<const std::byte> data) {
  must(EVP_DigestUpdate(context_->md.get(), data.data(), data.size()) == 1);
}

Sha256Digest Sha256::finish() {
  Sha256Digest digest{};
  must(EVP_DigestFinal_ex(context_->md.get(), reinterpret_cast<unsigned char*>(digest.data()), nullptr) == 1);
  must(EVP_DigestInit_ex(context_->md.get(), EVP_sha256(), nullptr) == 1);
  return digest;
}

Sha256Digest sha256(std::span<const std::byte> data) {
  Sha256 hash;
  hash.update(data);
  return hash.finish();
}

std::string hex_digest(const Sha256Digest& digest) {
  return to_hex(digest);
}

bool is_hex_sha256(std::string_view text) {
  return text.size() == 64 && from_hex(text).has_value();
}

}  // namespace kraken
