#include "stack/resolv_conf.h"

#include <algorithm>

#include "base/text.h"

namespace kraken {

bool has_name_servers(std::string_view existing, const std::vector<Ipv4>& dns) {
  std::vector<std::string> asked;
  for (const std::string& line : split(existing, '\n')) {
    const auto words = split_words(line);
    if (words.size() > 1 && words.front() == "nameserver") asked.push_back(words[1]);
  }
  return std::ranges::all_of(dns,
                             [&](Ipv4 server) { return std::ranges::find(asked, format_ipv4(server)) != asked.end(); });
}

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
