#include "measure/connections.h"

#include <algorithm>
#include <string>

#include "base/text.h"

namespace kraken {

namespace {

constexpr std::string_view kEstablished = "01";  // TCP_ESTABLISHED of Linux, include/net/tcp_states.h

}  // namespace

// "  0: 0100007F:1451 0100007F:BD3C 01 ...": number, local and remote address and port in hexadecimal, state.
bool has_connection(std::string_view table, std::uint16_t port) {
  for (const std::string& line : split(table, '\n')) {
    const auto words = split_words(line);
    if (words.size() < 4 || words[3] != kEstablished) continue;
    const auto bytes = from_hex(words[1].substr(std::min(words[1].find(':'), words[1].size() - 1) + 1));
    if (!bytes || bytes->size() != 2) continue;
    if (std::to_integer<unsigned>(bytes->at(0)) * 256 + std::to_integer<unsigned>(bytes->at(1)) == port) return true;
  }
  return false;
}

}  // namespace kraken
