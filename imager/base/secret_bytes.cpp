#include "base/secret_bytes.h"

#include <cstring>
#include <utility>

namespace kraken {

SecretBytes::SecretBytes(SecretBytes&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  if (this != &other) {
    cleanse(bytes_);
    bytes_ = std::exchange(other.bytes_, {});
  }
  return *this;
}

SecretBytes::~SecretBytes() {
  cleanse(bytes_);
}

void cleanse(std::span<std::byte> bytes) {
  if (!bytes.empty()) ::explicit_bzero(bytes.data(), bytes.size());
}

void cleanse(std::string& text) {
  text.resize(text.capacity());  // within the capacity: nothing moves
  ::explicit_bzero(text.data(), text.size());
  text.clear();
}

}  // namespace kraken
