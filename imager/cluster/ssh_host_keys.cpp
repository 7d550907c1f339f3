#include "cluster/ssh_host_keys.h"

#include "base/text.h"
#include "cluster/openssh_key.h"
#include "crypto/base64.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"

namespace kraken {

namespace {

// Part of the derivation: changing one changes the identity of every node.
constexpr std::string_view kSeedLabel = "ssh-host-ed25519";
constexpr std::string_view kCheckLabel = "ssh-host-ed25519-check";

// A host name: letters, digits, '-', and '.' between labels.
bool is_host_name(std::string_view name) {
  return is_plain_word(name, "-.", 253);
}

Status check_name(std::string_view name) {
  if (is_host_name(name)) return ok_status();
  return Error(ErrorCode::kInvalidArgument,
               "'" + std::string(name) + "' is not a host name that an SSH key can be for");
}

Result<std::uint32_t> derive_check(const ClusterSecrets& secrets, const SshHost& host) {
  KRAKEN_ASSIGN(const SecretBytes bytes,
                secrets.derive({.cluster = host.cluster, .label = kCheckLabel, .node_id = host.node_id, .length = 4}));
  std::uint32_t check = 0;
  for (const std::byte b : bytes.view()) check = check << 8 | std::to_integer<std::uint32_t>(b);
  return check;
}

std::string fingerprint_of(std::string_view blob) {
  std::string text = to_base64(sha256(as_bytes(blob)));
  while (text.ends_with('=')) text.pop_back();  // OpenSSH prints fingerprints without padding
  return "SHA256:" + text;
}

}  // namespace

Result<SshHostKey> derive_ssh_host_key(const ClusterSecrets& secrets, const SshHost& host) {
  KRAKEN_TRY(check_name(host.name));
  KRAKEN_ASSIGN(
      const SecretBytes seed,
      secrets.derive(
          {.cluster = host.cluster, .label = kSeedLabel, .node_id = host.node_id, .length = kEd25519SeedSize}));
  KRAKEN_ASSIGN(const std::uint32_t check, derive_check(secrets, host));
  KRAKEN_ASSIGN(const Ed25519PublicKey public_key, ed25519_public_key(seed.view()));
  const std::string blob = ssh_public_blob(public_key);
  SshHostKey key;
  key.comment = "root@" + std::string(host.name);
  key.public_key = "ssh-ed25519 " + to_base64(as_bytes(blob));
  key.fingerprint = fingerprint_of(blob);
  key.private_key =
      openssh_private_key({.seed = seed.view(), .public_key = public_key, .check = check, .comment = key.comment});
  return key;
}

Result<std::string> known_hosts_line(std::span<const std::string> names, Ipv4 address, const SshHostKey& key) {
  std::string line;
  for (const std::string& name : names) {
    KRAKEN_TRY(check_name(name));
    line += name + ",";
  }
  return line + format_ipv4(address) + " " + key.public_key + "\n";
}

}  // namespace kraken
