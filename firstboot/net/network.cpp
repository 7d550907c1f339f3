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

}  // namespace kraken
