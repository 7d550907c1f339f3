#include "system/blank_tokens.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace kraken {

namespace {

constexpr std::size_t kTokenId = 6;
constexpr std::size_t kTokenSecret = 16;
constexpr std::string_view kCertificateKey = "--certificate-key";
constexpr std::array<std::string_view, 2> kTokenMarks = {"K10", "SWMTKN-"};

bool is_of_token(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

std::size_t count_before(std::string_view text, std::size_t at) {
  std::size_t count = 0;
  while (count < at && is_of_token(text[at - count - 1])) ++count;
  return count;
}

std::size_t count_after(std::string_view text, std::size_t at) {
  std::size_t count = 0;
  while (at + count < text.size() && is_of_token(text[at + count])) ++count;
  return count;
}

void blank_word(std::string& text, std::size_t at) {
  for (; at < text.size() && !is_blank(text[at]); ++at) text[at] = '*';
}

void blank_bootstrap_tokens(std::string& text) {
  for (std::size_t dot = text.find('.'); dot != std::string::npos; dot = text.find('.', dot + 1)) {
    const std::size_t before = count_before(text, dot);
    const std::size_t after = count_after(text, dot + 1);
    if (before < kTokenId || after < kTokenSecret) continue;
    std::fill_n(text.begin() + static_cast<std::ptrdiff_t>(dot - before), before + 1 + after, '*');
  }
}

}  // namespace

void blank_tokens(std::string& text) {
  blank_bootstrap_tokens(text);
  for (const std::string_view mark : kTokenMarks) {
    for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at)) blank_word(text, at);
  }
  for (std::size_t at = text.find(kCertificateKey); at != std::string::npos; at = text.find(kCertificateKey, at)) {
    at += kCertificateKey.size();
    while (at < text.size() && (is_blank(text[at]) || text[at] == '=')) ++at;
    blank_word(text, at);
  }
}

}  // namespace kraken
