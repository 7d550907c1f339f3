// A node's SSH host key: Ed25519, derived from the cluster's secret, so that it is the same at every burn and known
// before the node has ever booted. The private key's text is a secret and is kept as one.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/ipv4.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "cluster/secrets.h"

namespace kraken {

inline constexpr std::string_view kSshHostKeyPath = "/etc/ssh/ssh_host_ed25519_key";  // root's, 0600; + ".pub", 0644

// Whose key it is.
struct SshHost {
  std::string_view cluster;   // the cluster's name
  std::uint32_t node_id = 0;  // 1 to 65535
  std::string_view name;      // the node's host name: only the key's comment
};

struct SshHostKey {
  SecretBytes private_key;  // the text of ssh_host_ed25519_key: "openssh-key-v1", not encrypted
  std::string public_key;   // "ssh-ed25519 AAAA...", without comment and line break
  std::string comment;      // "root@<name>"
  std::string fingerprint;  // "SHA256:...", as ssh and ssh-keygen -l print it

  // The content of ssh_host_ed25519_key.pub: one line with its line break.
  std::string public_file() const { return public_key + " " + comment + "\n"; }
};

// The same inputs give the same bytes. kInvalidArgument when the name or the cluster is empty or the name could not
// stand in a key file.
Result<SshHostKey> derive_ssh_host_key(const ClusterSecrets& secrets, const SshHost& host);

// A line of known_hosts with its line break: "name,192.168.3.13 ssh-ed25519 AAAA..." (sshd(8), SSH_KNOWN_HOSTS FILE
// FORMAT). The names are host names: no blank, comma or pattern character, which kInvalidArgument refuses.
Result<std::string> known_hosts_line(std::span<const std::string> names, Ipv4 address, const SshHostKey& key);

}  // namespace kraken
