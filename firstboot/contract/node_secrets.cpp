#include "contract/node_secrets.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "contract/secret_text.h"

namespace kraken {

namespace {

constexpr std::uint32_t kMaxId = 65535;  // as NodeRecord::Node::id
constexpr std::string_view kKeyExpected = "a key of 64 lower-case hexadecimal digits";
constexpr std::string_view kTokenExpected = "a token like abcdef.0123456789abcdef";
constexpr std::string_view kIdExpected = "a node's id from 0 to 65535";

std::optional<std::uint32_t> parse_id(std::string_view text) {
  const auto id = parse_u64(text);
  // The canonical form alone: "07" would be a second name for 7.
  if (!id || *id > kMaxId || std::to_string(*id) != text) return std::nullopt;
  return static_cast<std::uint32_t>(*id);
}

Result<SecretBytes> read_key(SecretText& text) {
  KRAKEN_ASSIGN(const std::string_view hex, text.string(kKeyExpected));
  const auto is_upper = [](char c) { return c >= 'A' && c <= 'F'; };
  if (hex.size() != 2 * kJoinKeySize || std::ranges::any_of(hex, is_upper)) return text.wrong(kKeyExpected);
  auto bytes = from_hex(hex);
  if (!bytes) return text.wrong(kKeyExpected);
  SecretBytes key(*bytes);
  cleanse(*bytes);
  return key;
}

Result<SecretBytes> read_token(SecretText& text) {
  KRAKEN_ASSIGN(const std::string_view token, text.string(kTokenExpected));
  if (!is_bootstrap_token(token)) return text.wrong(kTokenExpected);
  return SecretBytes(as_bytes(token));
}

using ReadSecret = Result<SecretBytes> (*)(SecretText& text);

Status read_optional(SecretText& text, std::string_view key, ReadSecret read, std::optional<SecretBytes>& secret) {
  KRAKEN_TRY(text.expect(","));
  KRAKEN_TRY(text.expect_member(key));
  if (text.take("null")) return ok_status();
  KRAKEN_ASSIGN(secret, read(text));
  return ok_status();
}

Status read_by_node(SecretText& text, std::string_view key, ReadSecret read,
                    std::map<std::uint32_t, SecretBytes>& secrets) {
  KRAKEN_TRY(text.expect(","));
  KRAKEN_TRY(text.expect_member(key));
  return text.members([&](std::string_view node) -> Status {
    const auto id = parse_id(node);
    if (!id) return text.wrong(kIdExpected);
    if (secrets.size() >= kMaxJoinKeys) return text.wrong("no more nodes");
    KRAKEN_ASSIGN(SecretBytes bytes, read(text));
    if (!secrets.emplace(*id, std::move(bytes)).second) return text.wrong("each node once");
    return ok_status();
  });
}

// Before everything else: a newer file may hold keys that this program cannot know.
Status read_version(SecretText& text) {
  KRAKEN_TRY(text.expect_member("format"));
  const auto format = text.string("a format");
  if (!format.ok() || *format != kNodeSecretsFormat) return text.wrong("the format \"kraken-secrets\"");
  KRAKEN_TRY(text.expect(","));
  KRAKEN_TRY(text.expect_member("version"));
  KRAKEN_ASSIGN(const std::int64_t version, text.integer("an integer"));
  if (version == kNodeSecretsVersion) return ok_status();
  return Error(ErrorCode::kUnsupported, "version " + std::to_string(version) + " is not known here, only version " +
                                            std::to_string(kNodeSecretsVersion) +
                                            "; burn the card with the kraken-image that this program came with");
}

Result<NodeSecrets> read_secrets(std::string_view whole) {
  if (whole.size() > kNodeSecretsMaxSize) return Error(ErrorCode::kCorrupt, "larger than any such file");
  SecretText text(whole);
  NodeSecrets secrets;
  KRAKEN_TRY(text.expect("{"));
  KRAKEN_TRY(read_version(text));
  KRAKEN_TRY(read_optional(text, "join_key", read_key, secrets.join_key));
  KRAKEN_TRY(read_by_node(text, "join_keys", read_key, secrets.join_keys));
  KRAKEN_TRY(read_optional(text, "bootstrap_token", read_token, secrets.bootstrap_token));
  KRAKEN_TRY(read_by_node(text, "bootstrap_tokens", read_token, secrets.bootstrap_tokens));
  KRAKEN_TRY(text.expect("}"));
  KRAKEN_TRY(text.end());
  KRAKEN_TRY(check_node_secrets(secrets));
  return secrets;
}

void append_key(std::string& text, const SecretBytes& key) {
  std::string hex = to_hex(key.view());
  text.append("\"").append(hex).append("\"");
  cleanse(hex);
}

void append_token(std::string& text, const SecretBytes& token) {
  text.append("\"").append(as_text(token.view())).append("\"");
}

using AppendSecret = void (*)(std::string& text, const SecretBytes& secret);

void append_optional(std::string& text, std::string_view key, AppendSecret append,
                     const std::optional<SecretBytes>& secret) {
  text.append(",\n  \"").append(key).append("\": ");
  if (secret) {
    append(text, *secret);
  } else {
    text.append("null");
  }
}

void append_by_node(std::string& text, std::string_view key, AppendSecret append,
                    const std::map<std::uint32_t, SecretBytes>& secrets) {
  text.append(",\n  \"").append(key).append("\": {");
  const char* separator = "\n";
  for (const auto& [id, secret] : secrets) {
    text.append(separator).append("    \"").append(std::to_string(id)).append("\": ");
    append(text, secret);
    separator = ",\n";
  }
  text.append(secrets.empty() ? "}" : "\n  }");
}

Error wrong(std::string_view what) {
  return Error(ErrorCode::kCorrupt, std::string(what));
}

}  // namespace

std::string join_identity(std::string_view cluster, std::uint32_t node_id) {
  return "kraken/" + std::string(cluster) + "/" + std::to_string(node_id);
}

std::optional<std::uint32_t> node_of_join_identity(std::string_view cluster, std::string_view identity) {
  const std::string start = "kraken/" + std::string(cluster) + "/";
  if (!identity.starts_with(start)) return std::nullopt;
  return parse_id(identity.substr(start.size()));
}

SecretBytes format_node_secrets(const NodeSecrets& secrets) {
  constexpr std::size_t kFrame = 384;
  constexpr std::size_t kEntry = 96;  // blanks, id, digits, marks and the line's end
  std::string text;
  // Never reallocated: no copy stays in freed memory.
  text.reserve(kFrame + kEntry * (secrets.join_keys.size() + secrets.bootstrap_tokens.size() + 1));
  text.append("{\n  \"format\": \"").append(kNodeSecretsFormat).append("\",\n");
  text.append("  \"version\": ").append(std::to_string(kNodeSecretsVersion));
  append_optional(text, "join_key", append_key, secrets.join_key);
  append_by_node(text, "join_keys", append_key, secrets.join_keys);
  append_optional(text, "bootstrap_token", append_token, secrets.bootstrap_token);
  append_by_node(text, "bootstrap_tokens", append_token, secrets.bootstrap_tokens);
  text.append("\n}\n");
  SecretBytes out(as_bytes(text));
  cleanse(text);
  return out;
}

Result<NodeSecrets> parse_node_secrets(std::string_view text) {
  return read_secrets(text).with_context("secrets");
}

namespace {

Status check_join_keys(const NodeSecrets& secrets) {
  if (secrets.join_keys.size() > kMaxJoinKeys) return wrong("join_keys: too many");
  std::set<std::string_view> seen;
  if (secrets.join_key) {
    if (secrets.join_key->size() != kJoinKeySize) return wrong("join_key: a key has 32 bytes");
    seen.insert(as_text(secrets.join_key->view()));
  }
  for (const auto& [id, key] : secrets.join_keys) {
    const std::string place = "join_keys, node " + std::to_string(id) + ": ";
    if (id > kMaxId) return wrong(place + "expected an id from 0 to 65535");
    if (key.size() != kJoinKeySize) return wrong(place + "a key has 32 bytes");
    if (!seen.insert(as_text(key.view())).second) return wrong(place + "another node has the same key");
  }
  return ok_status();
}

Status check_bootstrap_tokens(const NodeSecrets& secrets) {
  if (secrets.bootstrap_tokens.size() > kMaxJoinKeys) return wrong("bootstrap_tokens: too many");
  std::set<std::string_view> names;
  if (secrets.bootstrap_token) {
    const std::string_view token = as_text(secrets.bootstrap_token->view());
    if (!is_bootstrap_token(token)) return wrong("bootstrap_token: expected " + std::string(kTokenExpected));
    names.insert(token.substr(0, kBootstrapTokenNameSize));
  }
  for (const auto& [id, secret] : secrets.bootstrap_tokens) {
    const std::string place = "bootstrap_tokens, node " + std::to_string(id) + ": ";
    const std::string_view token = as_text(secret.view());
    if (id > kMaxId) return wrong(place + "expected an id from 0 to 65535");
    if (!is_bootstrap_token(token)) return wrong(place + "expected " + std::string(kTokenExpected));
    if (!names.insert(token.substr(0, kBootstrapTokenNameSize)).second) {
      return wrong(place + "another node's token has the same name");
    }
  }
  return ok_status();
}

}  // namespace

Status check_node_secrets(const NodeSecrets& secrets) {
  KRAKEN_TRY(check_join_keys(secrets));
  return check_bootstrap_tokens(secrets);
}

bool is_bootstrap_token(std::string_view text) {
  const auto is_plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return text.size() == kBootstrapTokenSize && text[kBootstrapTokenNameSize] == '.' &&
         std::ranges::all_of(text.substr(0, kBootstrapTokenNameSize), is_plain) &&
         std::ranges::all_of(text.substr(kBootstrapTokenNameSize + 1), is_plain);
}

}  // namespace kraken
