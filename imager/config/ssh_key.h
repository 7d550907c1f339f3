// Public keys as authorized_keys has them: sshd(8), "AUTHORIZED_KEYS FILE FORMAT". Checks the form, not whose key it
// is.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace kraken {

struct SshKey {
  std::string type;    // "ssh-ed25519"
  std::string base64;  // the key itself; equal texts are equal keys
};

// One line: options (optional), type, base64, comment (optional). kConfig says what is wrong and never quotes the line,
// which may be a private key that was pasted by mistake.
Result<SshKey> parse_ssh_key(std::string_view line);

}  // namespace kraken
