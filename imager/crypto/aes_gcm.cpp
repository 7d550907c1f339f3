#include "crypto/aes_gcm.h"

#include <openssl/evp.h>

#include <climits>
#include <memory>

namespace kraken {

namespace {

enum class Direction { kDecrypt = 0, kEncrypt = 1 };

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

const unsigned char* raw(std::span<const std::byte> bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* raw(std::span<std::byte> bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}

Error refused() {
  return {ErrorCode::kInternal, "AES-256-GCM: OpenSSL refused"};
}

// Key, nonce and associated data are in; the text comes next.
Result<Context> begin(const AesGcmInput& input, Direction direction) {
  if (input.key.size() != kAesGcmKeySize || input.nonce.size() != kAesGcmNonceSize || input.text.size() > INT_MAX ||
      input.associated.size() > INT_MAX) {
    return Error(ErrorCode::kInvalidArgument, "AES-256-GCM takes a key of 32 bytes and a nonce of 12");
  }
  Context context(EVP_CIPHER_CTX_new());
  // Of GCM, the nonce's default length is the one that is wanted.
  if (!context || EVP_CipherInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, raw(input.key), raw(input.nonce),
                                    static_cast<int>(direction)) != 1) {
    return refused();
  }
  int length = 0;
  if (!input.associated.empty() && EVP_CipherUpdate(context.get(), nullptr, &length, raw(input.associated),
                                                    static_cast<int>(input.associated.size())) != 1) {
    return refused();
  }
  return context;
}

Status crypt(const Context& context, std::span<const std::byte> text, std::span<std::byte> out) {
  int length = 0;
  if (text.empty()) return ok_status();
  if (EVP_CipherUpdate(context.get(), raw(out), &length, raw(text), static_cast<int>(text.size())) != 1) {
    return refused();
  }
  return ok_status();
}

}  // namespace

Result<std::vector<std::byte>> aes256_gcm_seal(const AesGcmInput& input) {
  KRAKEN_ASSIGN(const Context context, begin(input, Direction::kEncrypt));
  std::vector<std::byte> out(input.text.size() + kAesGcmTagSize);
  const std::span<std::byte> tag = std::span(out).last(kAesGcmTagSize);
  KRAKEN_TRY(crypt(context, input.text, out));
  int length = 0;
  if (EVP_CipherFinal_ex(context.get(), raw(tag), &length) != 1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, static_cast<int>(tag.size()), tag.data()) != 1) {
    return refused();
  }
  return out;
}

Result<std::optional<SecretBytes>> aes256_gcm_open(const AesGcmInput& input) {
  KRAKEN_ASSIGN(const Context context, begin(input, Direction::kDecrypt));
  if (input.text.size() < kAesGcmTagSize) return std::optional<SecretBytes>();
  const std::span<const std::byte> text = input.text.first(input.text.size() - kAesGcmTagSize);
  const std::span<const std::byte> tag = input.text.last(kAesGcmTagSize);
  SecretBytes out(text.size());
  KRAKEN_TRY(crypt(context, text, out.bytes()));
  int length = 0;
  // OpenSSL only reads the tag, though its parameter is not const.
  auto* const expected = const_cast<std::byte*>(tag.data());
  if (EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag.size()), expected) != 1) {
    return refused();
  }
  unsigned char rest[kAesGcmTagSize] = {};  // of GCM nothing is left, but the library asks for room
  if (EVP_CipherFinal_ex(context.get(), rest, &length) != 1) return std::optional<SecretBytes>();
  return std::optional<SecretBytes>(std::move(out));
}

}  // namespace kraken
