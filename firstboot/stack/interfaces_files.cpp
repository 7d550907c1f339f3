#include "stack/interfaces_files.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace kraken {

namespace {

constexpr std::string_view kSourceOurs = "source /etc/network/interfaces.d/kraken\n";
constexpr std::string_view kLoopback = "auto lo\niface lo inet loopback\n\n";

// "auto", and "allow-hotplug" and its like: these bring an interface up; an `iface` alone only says how.
bool brings_up(const std::vector<std::string>& words) {
  return !words.empty() && (words.front() == "auto" || words.front().starts_with("allow-"));
}

bool reads_ours(std::string_view text) {
  for (const std::string& line : split(text, '\n')) {
    const auto words = split_words(line);
    if (words.size() < 2) continue;
    // The names that Debian's own file and guides use; any other pattern is answered with one more line of ours.
    const bool folder = words[1] == kInterfacesFolder || words[1] == std::string(kInterfacesFolder) + "/";
    if (words[0] == "source-directory" && folder) return true;
    const bool all = words[1] == std::string(kInterfacesFolder) + "/*" || words[1] == "interfaces.d/*";
    if (words[0] == "source" && (all || words[1] == kOwnInterfacesPath)) return true;
  }
  return false;
}

std::string without_names(std::string_view text, const std::vector<std::string>& names) {
  std::vector<std::string> lines = split(text, '\n');
  for (std::string& line : lines) {
    const auto words = split_words(line);
    const auto taken = [&names](const std::string& word) { return std::ranges::find(names, word) != names.end(); };
    if (brings_up(words) && std::any_of(words.begin() + 1, words.end(), taken)) {
      std::string rest = words.front();
      for (std::size_t w = 1; w < words.size(); ++w) {
        if (!taken(words[w])) rest += " " + words[w];
      }
      line = "# kraken took over: " + line + (rest == words.front() ? "" : "\n" + rest);
    }
  }
  return join(lines, "\n");
}

// Words that end the stanza before them.
bool begins_stanza(const std::vector<std::string>& words) {
  constexpr std::array<std::string_view, 7> kOthers = {"iface",        "mapping",    "source",  "source-directory",
                                                       "no-auto-down", "no-scripts", "template"};
  return brings_up(words) || (!words.empty() && std::ranges::find(kOthers, words.front()) != kOthers.end());
}

// Of what may set a default route: DHCP, or a gateway.
bool begins_routed_stanza(const std::vector<std::string>& words) {
  return words.size() == 4 && words[0] == "iface" && words[1] != "lo" && words[2] == "inet" &&
         (words[3] == "dhcp" || words[3] == "static");
}

bool has_metric(const std::vector<std::string>& lines, std::size_t at) {
  for (; at < lines.size(); ++at) {
    const auto words = split_words(lines[at]);
    if (begins_stanza(words)) return false;
    if (!words.empty() && words.front() == "metric") return true;
  }
  return false;
}

std::string with_metrics(std::string_view text) {
  std::vector<std::string> lines = split(text, '\n');
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (begins_routed_stanza(split_words(lines[i])) && !has_metric(lines, i + 1)) {
      lines[i] += "\n\tmetric " + std::to_string(kOthersMetric);
    }
  }
  return join(lines, "\n");
}

}  // namespace

bool configures_wired(const Files& files) {
  for (const auto& [path, text] : files) {
    // Not ours, so that having written it does not decide who is asked the next time.
    if (!path.starts_with("/etc/network/") || path == kOwnInterfacesPath) continue;
    for (const std::string& line : split(text, '\n')) {
      const auto words = split_words(line);
      if (words.size() < 4 || words[0] != "iface" || words[1] == "lo" || words[1].starts_with("wl")) continue;
      // "manual" gives no address: dhcpcd's and old Raspberry Pi OS's way of leaving an interface alone.
      if (words[3] == "dhcp" || words[3] == "static" || words[3] == "auto") return true;
    }
  }
  return false;
}

Files make_room(const Files& files, const std::vector<std::string>& names) {
  Files changed;
  for (const auto& [path, text] : files) {
    if (!path.starts_with("/etc/network/") || path == kOwnInterfacesPath) continue;
    std::string wanted = with_metrics(without_names(text, names));
    if (wanted != text) changed[path] = std::move(wanted);
  }
  const std::string main(kInterfacesPath);
  const auto found = files.find(main);
  std::string text = changed.contains(main) ? changed[main] : found == files.end() ? "" : found->second;
  if (reads_ours(text)) return changed;
  if (found == files.end()) text = kLoopback;
  if (!text.empty() && text.back() != '\n') text += '\n';
  changed[main] = text + std::string(kSourceOurs);
  return changed;
}

}  // namespace kraken
