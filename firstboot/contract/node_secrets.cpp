#include "contract/node_secrets.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "contract/secret_text.h"

namespace kraken {

namespace {

constexpr std::uint32_t kMaxId = 65535;  // as NodeRecord::Node::id
constexpr std::string_view kKeyExpected = "a key of 64 lower-case hexadecimal digits";
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

Status read_join_keys(SecretText& text, NodeSecrets& secrets) {
  return text.members([&](std::string_view key) -> Status {
    const auto id = parse_id(key);
    if (!id) return text.wrong(kIdExpected);
    if (secrets.join_keys.size() >= kMaxJoinKeys) return text.wrong("no more keys");
    KRAKEN_ASSIGN(SecretBytes bytes, read_key(text));
    if (!secrets.join_keys.emplace(*id, std::move(bytes)).second) return text.wrong("one key for each node");
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
  KRAKEN_TRY(text.expect(","));
  KRAKEN_TRY(text.expect_member("join_key"));
  if (!text.take("null")) {
    KRAKEN_ASSIGN(secrets.join_key, read_key(text));
  }
  KRAKEN_TRY(text.expect(","));
  KRAKEN_TRY(text.expect_member("join_keys"));
  KRAKEN_TRY(read_join_keys(text, secrets));
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
  constexpr std::size_t kFrame = 256;
  constexpr std::size_t kEntry = 96;  // blanks, id, digits, marks and the line's end
  std::string text;
  text.reserve(kFrame + kEntry * (secrets.join_keys.size() + 1));  // never reallocated: no copy stays in freed memory
  text.append("{\n  \"format\": \"").append(kNodeSecretsFormat).append("\",\n");
  text.append("  \"version\": ").append(std::to_string(kNodeSecretsVersion)).append(",\n  \"join_key\": ");
  if (secrets.join_key) {
    append_key(text, *secrets.join_key);
  } else {
    text.append("null");
  }
  text.append(",\n  \"join_keys\": {");
  const char* separator = "\n";
  for (const auto& [id, key] : secrets.join_keys) {
    text.append(separator).append("    \"").append(std::to_string(id)).append("\": ");
    append_key(text, key);
    separator = ",\n";
  }
  text.append(secrets.join_keys.empty() ? "}\n}\n" : "\n  }\n}\n");
  SecretBytes out(as_bytes(text));
  cleanse(text);
  return out;
}

Result<NodeSecrets> parse_node_secrets(std::string_view text) {
  return read_secrets(text).with_context("secrets");
}

Status check_node_secrets(const NodeSecrets& secrets) {
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

}  // namespace kraken
