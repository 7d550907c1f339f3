#include "stack/resolv_conf.h"

#include "base/text.h"

namespace kraken {

std::string managed_resolv_conf(std::string_view existing, const std::vector<Ipv4>& dns) {
  std::string text;
  for (const Ipv4 server : dns) text += "nameserver " + format_ipv4(server) + "\n";
  for (const std::string& line : split(existing, '\n')) {
    const auto words = split_words(line);
    if (!words.empty() && words.front() != "nameserver") text += line + "\n";
  }
  return text;
}

}  // namespace kraken
