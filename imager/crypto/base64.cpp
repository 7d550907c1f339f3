#include "crypto/base64.h"

#include <cstdint>

namespace kraken {

namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// The three bytes at `start`, those past the end as zeros.
std::uint32_t group_at(std::span<const std::byte> bytes, std::size_t start) {
  std::uint32_t group = 0;
  for (std::size_t i = start; i < start + 3; ++i) {
    group = group << 8 | (i < bytes.size() ? std::to_integer<std::uint32_t>(bytes[i]) : 0);
  }
  return group;
}

}  // namespace

std::string to_base64(std::span<const std::byte> bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t start = 0; start < bytes.size(); start += 3) {
    const std::uint32_t group = group_at(bytes, start);
    const std::size_t left = bytes.size() - start;
    text += kAlphabet[group >> 18 & 63];
    text += kAlphabet[group >> 12 & 63];
    text += left > 1 ? kAlphabet[group >> 6 & 63] : '=';
    text += left > 2 ? kAlphabet[group & 63] : '=';
  }
  return text;
}

std::optional<SecretBytes> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  SecretBytes out(text.size() / 4 * 3 - padding);
  std::size_t put = 0;
  for (std::size_t start = 0; start < text.size(); start += 4) {
    std::uint32_t group = 0;
    for (std::size_t i = start; i < start + 4; ++i) {
      const std::size_t value = i >= text.size() - padding ? 0 : kAlphabet.find(text[i]);
      if (value == std::string_view::npos) return std::nullopt;
      group = group << 6 | static_cast<std::uint32_t>(value);
    }
    for (int shift = 16; shift >= 0; shift -= 8) {
      const std::uint32_t byte = group >> shift & 0xff;
      if (put < out.size()) {
        out.bytes()[put++] = static_cast<std::byte>(byte);
      } else if (byte != 0) {
        return std::nullopt;  // bits of the padding
      }
    }
  }
  return out;
}

}  // namespace kraken
