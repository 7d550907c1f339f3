// Base64 (RFC 4648, section 4: the standard alphabet, with padding), as SSH keys and secrets are written.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/secret_bytes.h"

namespace kraken {

std::string to_base64(std::span<const std::byte> bytes);

// Strict (RFC 4648, section 3): nothing for another character, a blank, a line break, missing padding, or padding bits
// that are not zero, so that one value has one spelling.
std::optional<SecretBytes> from_base64(std::string_view text);

}  // namespace kraken
