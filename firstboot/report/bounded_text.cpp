#include "report/bounded_text.h"

namespace kraken {

namespace {

constexpr std::size_t kLongestText = 600;

}  // namespace

// A UTF-8 continuation byte is 10xxxxxx (RFC 3629, section 3).
std::string cut(std::string_view text) {
  if (text.size() <= kLongestText) return std::string(text);
  std::size_t end = kLongestText;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "...";
}

std::string padded(std::string_view text, std::size_t width) {
  std::string out(text);
  if (out.size() < width) out.append(width - out.size(), ' ');
  return out + " ";
}

}  // namespace kraken
