#include "crypto/key_pair.h"

#include <openssl/rsa.h>

#include <string>

#include "base/text.h"
#include "crypto/openssl_objects.h"

namespace kraken {

namespace {

constexpr int kRsaBits = 2048;
constexpr const char* kGroup = "P-256";

using Context = std::unique_ptr<EVP_PKEY_CTX, FreeOpenSsl>;

Error refused(std::string_view what) {
  return Error(ErrorCode::kInternal, "OpenSSL refused to " + std::string(what));
}

Error no_key() {
  return Error(ErrorCode::kCorrupt, "expected one private key in PEM, as kraken-image writes it");
}

// An encrypted key is none of ours: without this OpenSSL would ask for its passphrase on the terminal.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*data*/) {
  return -1;
}

bool is_p256(const EVP_PKEY* key) {
  char name[32] = {};
  std::size_t size = 0;
  return EVP_PKEY_get_group_name(key, name, sizeof name, &size) == 1 && std::string_view(name, size) == "prime256v1";
}

Result<KeyKind> kind_of(const KeyHandle& key) {
  if (EVP_PKEY_is_a(key.get(), "EC") == 1 && is_p256(key.get())) return KeyKind::kP256;
  if (EVP_PKEY_is_a(key.get(), "RSA") == 1 && EVP_PKEY_get_bits(key.get()) == kRsaBits) return KeyKind::kRsa2048;
  return no_key();
}

Result<SecretBytes> make_key(const Context& context) {
  EVP_PKEY* made = nullptr;
  if (EVP_PKEY_generate(context.get(), &made) != 1) return refused("make a key");
  return private_key_text(KeyHandle(made));
}

}  // namespace

Result<KeyHandle> read_private_key(std::string_view pem) {
  const BioHandle bio = pem.size() <= kMaxPemSize ? open_text(pem) : nullptr;
  if (!bio) return no_key();
  KeyHandle key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  if (!key || !kind_of(key).ok()) return no_key();
  const Context context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  if (!context || EVP_PKEY_pairwise_check(context.get()) != 1) return no_key();
  KRAKEN_ASSIGN(const SecretBytes again, private_key_text(key));
  if (as_text(again.view()) != pem) return no_key();
  return key;
}

Result<SecretBytes> private_key_text(const KeyHandle& key) {
  const BioHandle bio = make_text();
  if (!bio || PEM_write_bio_PrivateKey_traditional(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return refused("write a key");
  }
  return SecretBytes(as_bytes(written_text(bio)));
}

Result<SecretBytes> make_p256_key() {
  const Context context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  if (!context || EVP_PKEY_keygen_init(context.get()) != 1 || EVP_PKEY_CTX_set_group_name(context.get(), kGroup) != 1) {
    return refused("prepare a P-256 key");
  }
  return make_key(context);
}

Result<SecretBytes> make_rsa_2048_key() {
  const Context context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  if (!context || EVP_PKEY_keygen_init(context.get()) != 1 ||
      EVP_PKEY_CTX_set_rsa_keygen_bits(context.get(), kRsaBits) != 1) {
    return refused("prepare an RSA key");
  }
  return make_key(context);
}

Result<KeyKind> kind_of_key(std::string_view private_key) {
  KRAKEN_ASSIGN(const KeyHandle key, read_private_key(private_key));
  return kind_of(key);
}

Result<std::string> public_key_of(std::string_view private_key) {
  KRAKEN_ASSIGN(const KeyHandle key, read_private_key(private_key));
  const BioHandle bio = make_text();
  if (!bio || PEM_write_bio_PUBKEY(bio.get(), key.get()) != 1) return refused("write a public key");
  return std::string(written_text(bio));
}

}  // namespace kraken
