// What a node's card carries that must stay secret: /etc/kraken/secrets.json, root's, 0600, written by kraken-image and
// erased by kraken-firstboot as soon as it is no longer needed. Only what the node's role needs: a worker has its own
// key for the join broker, and for kubeadm its own bootstrap token; a manager, which runs the broker and makes the
// tokens known to the cluster, has every other node's as well. Never the cluster's secret.
//
// As strict as the node record, and without the JSON of json/, whose values would leave copies in freed memory: the
// reader looks at the caller's text, which is the caller's to overwrite. No Error quotes anything of the file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret_bytes.h"

namespace kraken {

inline constexpr std::string_view kNodeSecretsFormat = "kraken-secrets";
inline constexpr int kNodeSecretsVersion = 2;
inline constexpr std::string_view kNodeSecretsPath = "/etc/kraken/secrets.json";
// A manager's, with the keys and tokens of as many nodes as a record may have.
inline constexpr std::size_t kNodeSecretsMaxSize = std::size_t{1024} * 1024;

inline constexpr std::size_t kJoinKeySize = 32;
inline constexpr std::uint32_t kWorkstationId = 0;  // the user's own machine, among the ids of nodes
inline constexpr std::size_t kMaxJoinKeys = 4096;
// "abcdef.0123456789abcdef": what precedes the dot is the token's public name, the rest is secret.
inline constexpr std::size_t kBootstrapTokenSize = 23;
inline constexpr std::size_t kBootstrapTokenNameSize = 6;

struct NodeSecrets {
  std::optional<SecretBytes> join_key;             // this node's own; nothing once it was erased
  std::map<std::uint32_t, SecretBytes> join_keys;  // by node id: empty on a worker
  // Of kubeadm clusters alone: this node's own, and on a manager those of all other nodes. ASCII.
  std::optional<SecretBytes> bootstrap_token;
  std::map<std::uint32_t, SecretBytes> bootstrap_tokens;
};

// As kubeadm wants it: [a-z0-9]{6}\.[a-z0-9]{16}
bool is_bootstrap_token(std::string_view text);

// How a node names itself to the join broker: the identity that goes with its pre-shared key.
std::string join_identity(std::string_view cluster, std::uint32_t node_id);
// Of which node of the cluster that is the identity; nothing when it is none of this cluster's.
std::optional<std::uint32_t> node_of_join_identity(std::string_view cluster, std::string_view identity);

// Deterministic; parse_node_secrets() of it gives the same again for all that check_node_secrets() passes.
SecretBytes format_node_secrets(const NodeSecrets& secrets);
// kCorrupt with the line for anything that is not exactly such a file, kUnsupported for another version. What it
// returns has passed check_node_secrets().
Result<NodeSecrets> parse_node_secrets(std::string_view text);

// kCorrupt when a key has another size or a token another form, a node id is over 65535, there are too many, or two
// nodes have the same key or a token of the same name: then one could speak for another.
Status check_node_secrets(const NodeSecrets& secrets);

}  // namespace kraken
