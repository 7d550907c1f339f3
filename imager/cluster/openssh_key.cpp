#include "cluster/openssh_key.h"

#include <algorithm>

#include "base/text.h"
#include "crypto/base64.h"

namespace kraken {

namespace {

constexpr std::string_view kKeyType = "ssh-ed25519";  // RFC 8709, section 4
// PROTOCOL.key, section 1: the magic ends with a zero byte.
constexpr std::string_view kMagic("openssh-key-v1\0", 15);
constexpr std::string_view kBegin = "-----BEGIN OPENSSH PRIVATE KEY-----\n";
constexpr std::string_view kEnd = "-----END OPENSSH PRIVATE KEY-----\n";
constexpr std::size_t kLineLength = 70;  // as ssh-keygen breaks lines
constexpr std::size_t kBlockSize = 8;    // PROTOCOL.key, section 3: padding for the cipher "none"

void put_u32(std::string& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xff);
}

// RFC 4251, section 5, "string": the length, most significant byte first, then the bytes.
void put_string(std::string& out, std::string_view value) {
  put_u32(out, static_cast<std::uint32_t>(value.size()));
  out += value;
}

// PROTOCOL.key, section 3; for Ed25519 the private part is seed and public key, 64 bytes.
std::string private_section(const OpensshKeyParts& parts) {
  std::string out;
  out.reserve(256 + parts.comment.size());
  put_u32(out, parts.check);
  put_u32(out, parts.check);
  put_string(out, kKeyType);
  put_string(out, as_text(parts.public_key));
  put_u32(out, static_cast<std::uint32_t>(parts.seed.size() + parts.public_key.size()));
  out += as_text(parts.seed);
  out += as_text(parts.public_key);
  put_string(out, parts.comment);
  for (char padding = 1; out.size() % kBlockSize != 0; ++padding) out += padding;
  return out;
}

SecretBytes wrapped(std::string_view base64) {
  SecretBytes out(kBegin.size() + base64.size() + (base64.size() + kLineLength - 1) / kLineLength + kEnd.size());
  std::size_t put = 0;
  const auto append = [&](std::string_view text) {
    std::copy_n(as_bytes(text).begin(), text.size(), out.bytes().begin() + static_cast<std::ptrdiff_t>(put));
    put += text.size();
  };
  append(kBegin);
  for (std::size_t start = 0; start < base64.size(); start += kLineLength) {
    append(base64.substr(start, kLineLength));
    append("\n");
  }
  append(kEnd);
  return out;
}

}  // namespace

std::string ssh_public_blob(const Ed25519PublicKey& key) {
  std::string blob;
  put_string(blob, kKeyType);
  put_string(blob, as_text(key));
  return blob;
}

SecretBytes openssh_private_key(const OpensshKeyParts& parts) {
  std::string section = private_section(parts);
  std::string file;
  file.reserve(256 + section.size());  // never reallocated: no copy of the key stays in freed memory
  file += kMagic;
  put_string(file, "none");  // cipher
  put_string(file, "none");  // key derivation
  put_string(file, "");      // its options
  put_u32(file, 1);          // number of keys
  put_string(file, ssh_public_blob(parts.public_key));
  put_string(file, section);
  std::string base64 = to_base64(as_bytes(file));
  SecretBytes out = wrapped(base64);
  cleanse(section);
  cleanse(file);
  cleanse(base64);
  return out;
}

}  // namespace kraken
