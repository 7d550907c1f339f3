#include "config/definitions.h"

namespace kraken {

Definition file_name(std::string description) {
  return text(std::move(description)).matching(kFileNamePattern, "a name of letters, digits, -, _, + and .");
}

Definition sha256(std::string description) {
  return text(std::move(description)).matching(kSha256Pattern, "a SHA-256 digest (64 hexadecimal digits)");
}

}  // namespace kraken
