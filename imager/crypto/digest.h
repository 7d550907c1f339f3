// SHA-256 (FIPS 180-4), in one go or streamed. Only this folder knows that OpenSSL does it.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace kraken {

using Sha256Digest = std::array<std::byte, 32>;

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void update(std::span<const std::byte> data);
  // The digest of what was given; the object starts anew.
  Sha256Digest finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

Sha256Digest sha256(std::span<const std::byte> data);
// 64 lower-case hexadecimal digits.
std::string hex_digest(const Sha256Digest& digest);
// Whether the text is a SHA-256 as people write it: 64 hexadecimal digits.
bool is_hex_sha256(std::string_view text);

}  // namespace kraken
