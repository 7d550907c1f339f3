#include "cluster/kubernetes_tokens.h"

#include <array>
#include <cstdio>
#include <string>

#include "base/text.h"
#include "contract/node_secrets.h"
#include "crypto/digest.h"

namespace kraken {

namespace {

// Part of the derivation: changing them changes every token.
constexpr std::string_view kBootstrapLabel = "kubeadm-bootstrap-token";
constexpr std::string_view kServerLabel = "k3s-server-token";
constexpr std::string_view kAgentLabel = "k3s-agent-token";
constexpr std::string_view kNodeLabel = "k3s-node-password";

constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
// Bytes from here on would make the first four letters likelier.
constexpr unsigned kFirstUneven = 256 / kAlphabet.size() * kAlphabet.size();
constexpr std::size_t kTokenBytes = 64;  // of which 16 are used, and one in 64 is uneven

Result<SecretBytes> hexadecimal(Result<SecretBytes> derived) {
  if (!derived.ok()) return derived.error();
  std::string hex = to_hex(derived->view());
  SecretBytes out(as_bytes(hex));
  cleanse(hex);
  return out;
}

}  // namespace

Result<SecretBytes> derive_bootstrap_token(const ClusterSecrets& secrets, std::string_view cluster,
                                           std::uint32_t node_id) {
  KRAKEN_ASSIGN(
      const SecretBytes random,
      secrets.derive({.cluster = cluster, .label = kBootstrapLabel, .node_id = node_id, .length = kTokenBytes}));
  std::array<char, kBootstrapTokenNameSize + 2> name{};
  const int size = std::snprintf(name.data(), name.size(), "k%05u.", node_id);
  if (size != static_cast<int>(kBootstrapTokenNameSize + 1)) {
    return Error(ErrorCode::kInvalidArgument, "a node's id has at most five digits");
  }
  SecretBytes token(kBootstrapTokenSize);
  std::size_t used = 0;
  for (; used < kBootstrapTokenNameSize + 1; ++used) token.bytes()[used] = static_cast<std::byte>(name[used]);
  for (const std::byte byte : random.view()) {
    if (used == token.size()) return token;
    const auto value = std::to_integer<unsigned>(byte);
    if (value < kFirstUneven) token.bytes()[used++] = static_cast<std::byte>(kAlphabet[value % kAlphabet.size()]);
  }
  return Error(ErrorCode::kInternal, "no bootstrap token for node " + std::to_string(node_id));
}

Result<SecretBytes> derive_k3s_password(const ClusterSecrets& secrets, std::string_view cluster, K3sUser user) {
  const std::string_view label = user == K3sUser::kServer ? kServerLabel : kAgentLabel;
  return hexadecimal(secrets.derive({.cluster = cluster, .label = label, .node_id = 0, .length = 32}));
}

Result<SecretBytes> derive_k3s_token(const ClusterSecrets& secrets, std::string_view cluster, K3sUser user,
                                     std::string_view server_ca) {
  KRAKEN_ASSIGN(const SecretBytes password, derive_k3s_password(secrets, cluster, user));
  const std::string start =
      "K10" + hex_digest(sha256(as_bytes(server_ca))) + (user == K3sUser::kServer ? "::server:" : "::node:");
  std::string text;
  text.reserve(start.size() + password.size());
  text.append(start).append(as_text(password.view()));
  SecretBytes out(as_bytes(text));
  cleanse(text);
  return out;
}

Result<SecretBytes> derive_k3s_node_password(const ClusterSecrets& secrets, std::string_view cluster,
                                             std::uint32_t node_id) {
  return hexadecimal(secrets.derive({.cluster = cluster, .label = kNodeLabel, .node_id = node_id, .length = 16}));
}

}  // namespace kraken
