#include "contract/host_label.h"

#include <algorithm>

namespace kraken {

bool is_host_label(std::string_view text) {
  const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return !text.empty() && text.size() <= 63 && text.front() != '-' && text.back() != '-' &&
         std::ranges::all_of(text, allowed);
}

}  // namespace kraken
