#include "config/ssh_key.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/text.h"

namespace kraken {

namespace {

// How many strings follow the type's name in a key, and how long the one at `fixed` must be (0: any length).
// RFC 4253 section 6.6 (rsa: e, n), RFC 5656 section 3.1 (ecdsa: curve, point), RFC 8709 section 4 (ed25519: 32 bytes),
// OpenSSH's PROTOCOL.u2f (sk-*: the same and an application).
struct KeyType {
  std::string_view name;
  std::size_t fields;
  std::size_t fixed;
  std::size_t fixed_length;
};
constexpr std::array<KeyType, 7> kTypes = {{{"ssh-ed25519", 1, 0, 32},
                                            {"ssh-rsa", 2, 0, 0},
                                            {"ecdsa-sha2-nistp256", 2, 1, 65},
                                            {"ecdsa-sha2-nistp384", 2, 1, 97},
                                            {"ecdsa-sha2-nistp521", 2, 1, 133},
                                            {"sk-ssh-ed25519@openssh.com", 2, 0, 32},
                                            {"sk-ecdsa-sha2-nistp256@openssh.com", 3, 1, 65}}};

const KeyType* find_type(std::string_view name) {
  const auto* const found = std::ranges::find(kTypes, name, &KeyType::name);
  return found == kTypes.end() ? nullptr : found;
}

Error wrong(std::string what) {
  return {ErrorCode::kConfig, std::move(what)};
}

int base64_digit(char c) {
  static constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const std::size_t at = kDigits.find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

// RFC 4648 section 4, with its padding.
std::optional<std::string> decode_base64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0) return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2U : (text.ends_with("=") ? 1U : 0U);
  std::string bytes;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text.substr(0, text.size() - padding)) {
    const int digit = base64_digit(c);
    if (digit < 0) return std::nullopt;
    bits = ((bits << 6U) | static_cast<std::uint32_t>(digit)) & 0xffffffU;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes += static_cast<char>((bits >> static_cast<unsigned>(held)) & 0xffU);
  }
  return bytes;
}

// RFC 4251 section 5: a string is four bytes of length, the most significant first, and as many bytes.
std::optional<std::string_view> take_string(std::string_view& blob) {
  if (blob.size() < 4) return std::nullopt;
  std::uint32_t length = 0;
  for (const char c : blob.substr(0, 4)) length = (length << 8U) | static_cast<unsigned char>(c);
  blob.remove_prefix(4);
  if (blob.size() < length) return std::nullopt;
  const std::string_view value = blob.substr(0, length);
  blob.remove_prefix(length);
  return value;
}

bool is_key_of(const KeyType& type, std::string_view blob) {
  if (take_string(blob) != type.name) return false;
  for (std::size_t i = 0; i < type.fields; ++i) {
    const auto field = take_string(blob);
    if (!field || field->empty()) return false;
    if (i == type.fixed && type.fixed_length != 0 && field->size() != type.fixed_length) return false;
  }
  return blob.empty();
}

// Options end at the first blank outside of double quotes; a quote inside is written \".
std::string_view after_options(std::string_view line) {
  bool inside = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\\' && i + 1 < line.size() && line[i + 1] == '"') {
      ++i;
    } else if (line[i] == '"') {
      inside = !inside;
    } else if ((line[i] == ' ' || line[i] == '\t') && !inside) {
      return trim(line.substr(i));
    }
  }
  return {};
}

std::string_view first_word(std::string_view text) {
  return text.substr(0, text.find_first_of(" \t"));
}

}  // namespace

Result<SshKey> parse_ssh_key(std::string_view line) {
  if (line.find("PRIVATE KEY") != std::string_view::npos) {
    return wrong("this is a private key, which must stay where it is; use the public one (its file ends in .pub)");
  }
  if (line.find("BEGIN SSH2 PUBLIC KEY") != std::string_view::npos) {
    return wrong("this is a key in the RFC 4716 form; turn it round with 'ssh-keygen -i -f FILE'");
  }
  const bool has_control =
      std::ranges::any_of(line, [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\t'; });
  if (has_control) return wrong("a public key must be one line without control characters");
  std::string_view rest = trim(line);
  if (find_type(first_word(rest)) == nullptr) rest = after_options(rest);
  const KeyType* const type = find_type(first_word(rest));
  if (type == nullptr) {
    return wrong(
        "not a public key: expected a line like 'ssh-ed25519 AAAA... name' (ssh-ed25519, ssh-rsa, ecdsa-sha2-*, "
        "sk-*), as in a .pub file");
  }
  const std::string_view base64 = first_word(trim(rest.substr(type->name.size())));
  const auto blob = decode_base64(base64);
  if (!blob)
    return wrong("the public key's " + std::string(type->name) + " is not followed by base64; was the line cut?");
  if (!is_key_of(*type, *blob)) {
    return wrong("the public key's base64 does not hold a whole key of type " + std::string(type->name) +
                 "; was the line cut or put together from two?");
  }
  return SshKey{std::string(type->name), std::string(base64)};
}

}  // namespace kraken
