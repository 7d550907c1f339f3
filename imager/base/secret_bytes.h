// Bytes that must not outlive their use: keys, seeds, tokens. The memory is overwritten when the object ends or is
// assigned to; copies are made only on purpose, with a view into another object. What a caller copies out of view() is
// the caller's to overwrite, and nothing here prints or formats.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace kraken {

class SecretBytes {
 public:
  SecretBytes() = default;
  // That many zero bytes, to be filled through bytes().
  explicit SecretBytes(std::size_t size) : bytes_(size) {}
  explicit SecretBytes(std::span<const std::byte> copied) : bytes_(copied.begin(), copied.end()) {}
  SecretBytes(SecretBytes&& other) noexcept;
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes();

  std::size_t size() const { return bytes_.size(); }
  std::span<const std::byte> view() const { return bytes_; }
  std::span<std::byte> bytes() { return bytes_; }

 private:
  std::vector<std::byte> bytes_;  // never grows: a reallocation would leave a copy behind
};

// Overwrites memory in a way that the compiler does not take away.
void cleanse(std::span<std::byte> bytes);
// The same for a text, spare capacity included; it is empty afterwards.
void cleanse(std::string& text);

}  // namespace kraken
