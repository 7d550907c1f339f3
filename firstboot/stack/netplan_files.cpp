#include "stack/netplan_files.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string_view>

#include "base/text.h"

namespace kraken {

namespace {

// Of wifis, modems and tunnels it does not matter here who renders them.
constexpr std::array<std::string_view, 4> kWiredSections = {"ethernets", "bonds", "bridges", "vlans"};

struct Line {
  std::size_t indent = 0;
  std::string key;
  std::string value;
};

std::string unquoted(std::string_view text) {
  text = trim(text);
  if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front()) {
    text = text.substr(1, text.size() - 2);
  }
  return std::string(text);
}

std::optional<Line> parse_line(std::string_view line) {
  // A # begins a comment at the start of a line or after a blank.
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '#' && (i == 0 || line[i - 1] == ' ' || line[i - 1] == '\t')) line = line.substr(0, i);
  }
  const std::size_t indent = line.find_first_not_of(' ');
  const std::size_t colon = line.find(':');
  if (indent == line.npos || colon == line.npos || line[indent] == '-') return std::nullopt;
  return Line{indent, unquoted(line.substr(indent, colon - indent)), unquoted(line.substr(colon + 1))};
}

NetplanRenderer renderer_named(std::string_view value) {
  if (value == "NetworkManager") return NetplanRenderer::kNetworkManager;
  return value == "networkd" ? NetplanRenderer::kNetworkd : NetplanRenderer::kNone;
}

// What all files together say so far: a later one overrides an earlier one key by key.
class Definitions {
 public:
  void read(std::string_view text) {
    std::vector<Line> path;
    sections_.clear();
    for (const std::string& raw : split(text, '\n')) {
      auto line = parse_line(raw);
      if (!line) continue;
      while (!path.empty() && path.back().indent >= line->indent) path.pop_back();
      path.push_back(std::move(*line));
      see(path);
    }
    for (const auto& [name, renderer] : sections_) {
      for (auto& [interface, own] : interfaces_) {
        if (interface.starts_with(name + "/") && !own) own = renderer;
      }
    }
  }

  NetplanRenderer verdict() const {
    if (interfaces_.empty()) return global_.value_or(NetplanRenderer::kNone);
    const auto by_networkd = [this](const auto& interface) {
      // netplan(5): "renderer ... default: networkd".
      return interface.second.value_or(global_.value_or(NetplanRenderer::kNetworkd)) == NetplanRenderer::kNetworkd;
    };
    return std::ranges::any_of(interfaces_, by_networkd) ? NetplanRenderer::kNetworkd
                                                         : NetplanRenderer::kNetworkManager;
  }

 private:
  void see(const std::vector<Line>& path) {
    if (path.front().key != "network" || path.size() < 2) return;
    const Line& last = path.back();
    if (path.size() == 2 && last.key == "renderer") global_ = renderer_named(last.value);
    if (path.size() < 3 || std::ranges::find(kWiredSections, path[1].key) == kWiredSections.end()) return;
    if (path.size() == 3 && last.key == "renderer") {  // of the whole section, in this file
      sections_[path[1].key] = renderer_named(last.value);
      return;
    }
    auto& interface = interfaces_[path[1].key + "/" + path[2].key];
    if (path.size() == 4 && last.key == "renderer") interface = renderer_named(last.value);
  }

  std::optional<NetplanRenderer> global_;
  std::map<std::string, NetplanRenderer> sections_;  // of the file being read
  std::map<std::string, std::optional<NetplanRenderer>> interfaces_;
};

}  // namespace

NetplanRenderer netplan_renderer(const std::vector<std::string>& files) {
  Definitions definitions;
  for (const std::string& file : files) definitions.read(file);
  return definitions.verdict();
}

}  // namespace kraken
