#include "net/network.h"

#include <algorithm>

namespace kraken {

const Link* NetworkState::find_link(std::string_view name) const {
  const auto found = std::find_if(links.begin(), links.end(), [&](const Link& link) { return link.name == name; });
  return found == links.end() ? nullptr : &*found;
}

const Link* NetworkState::find_link(int index) const {
  const auto found = std::find_if(links.begin(), links.end(), [&](const Link& link) { return link.index == index; });
  return found == links.end() ? nullptr : &*found;
}

bool is_link_name(std::string_view name) {
  constexpr std::size_t kLongest = 15;  // IFNAMSIZ, less the NUL
  if (name.empty() || name.size() > kLongest || name == "." || name == "..") return false;
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return c > ' ' && c < 0x7f && c != '/' && c != ':' && c != '%'; });
}

}  // namespace kraken
