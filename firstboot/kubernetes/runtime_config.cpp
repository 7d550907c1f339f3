#include "kubernetes/runtime_config.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "base/text.h"
#include "json/json.h"

namespace kraken {

namespace {

using Lines = std::vector<std::string>;

constexpr std::string_view kDisabled = "disabled_plugins";
constexpr std::string_view kSystemdCgroup = "SystemdCgroup";
constexpr std::string_view kDriverOption = "native.cgroupdriver=";

// The names of the CRI plugin in the formats of the file: containerd, docs/cri/config.md and docs/PLUGINS.md.
constexpr std::array<std::string_view, 4> kCriPlugins = {"cri", "io.containerd.grpc.v1.cri",
                                                         "io.containerd.cri.v1.runtime", "io.containerd.cri.v1.images"};

// A table's line without blanks, comment and quotation marks; "" for other lines.
std::string table_name(const std::string& line) {
  const std::string_view text = trim(line);
  if (!text.starts_with("[") || text.find(']') == std::string_view::npos) return {};
  std::string name;
  for (const char c : text.substr(1, text.find(']') - 1)) {
    if (c != '"' && c != '\'' && c != ' ' && c != '\t' && c != '[') name += c;
  }
  return name;
}

// What a line gives this key; nothing when it is about something else.
std::optional<std::string> value_of(const std::string& line, std::string_view key) {
  const std::string_view text = trim(line);
  if (!text.starts_with(key)) return std::nullopt;
  const std::string_view rest = trim(text.substr(key.size()));
  if (!rest.starts_with("=")) return std::nullopt;
  return std::string(trim(rest.substr(1, rest.find('#') - 1)));
}

bool has_tables(const Lines& lines) {
  return std::ranges::any_of(lines, [](const std::string& line) { return table_name(line).starts_with("plugins"); });
}

// Without a version the file is of format 1 (containerd, docs/man/containerd-config.toml.5.md).
std::optional<std::string> version_of(const Lines& lines) {
  for (const std::string& line : lines) {
    if (!table_name(line).empty()) break;
    if (auto version = value_of(line, "version")) return version;
  }
  return std::nullopt;
}

std::string cri_table(const Lines& lines) {
  const std::string version = version_of(lines).value_or("1");
  if (version == "1") return "plugins.cri";
  return version == "2" ? "plugins.\"io.containerd.grpc.v1.cri\"" : "plugins.'io.containerd.cri.v1.runtime'";
}

std::string plain(std::string name) {
  std::erase_if(name, [](char c) { return c == '"' || c == '\''; });
  return name;
}

Lines::iterator find_table(Lines& lines, const std::string& name) {
  return std::ranges::find(lines, plain(name), table_name);
}

Lines::iterator end_of_table(Lines& lines, Lines::iterator table) {
  return std::find_if(table + 1, lines.end(), [](const std::string& line) { return !table_name(line).empty(); });
}

void set_systemd_cgroup(Lines& lines, const std::string& runc) {
  const std::string wanted = "  " + std::string(kSystemdCgroup) + " = true";
  const auto table = find_table(lines, runc + ".options");
  if (table == lines.end()) {
    if (find_table(lines, runc) == lines.end()) {
      lines.insert(lines.end(), {"[" + runc + "]", "  runtime_type = \"io.containerd.runc.v2\""});
    }
    lines.insert(lines.end(), {"[" + runc + ".options]", wanted});
    return;
  }
  const auto end = end_of_table(lines, table);
  const auto line = std::find_if(table + 1, end, [](const auto& l) { return value_of(l, kSystemdCgroup).has_value(); });
  if (line == end) {
    lines.insert(table + 1, wanted);
  } else if (value_of(*line, kSystemdCgroup) != "true") {
    *line = wanted;
  }
}

std::vector<std::string> quoted_words(std::string_view list) {
  std::vector<std::string> words;
  for (std::size_t at = list.find_first_of("\"'"); at != std::string_view::npos; at = list.find_first_of("\"'", at)) {
    const std::size_t end = list.find(list[at], at + 1);
    if (end == std::string_view::npos) break;
    words.emplace_back(list.substr(at + 1, end - at - 1));
    at = end + 1;
  }
  return words;
}

// The list may go over several lines.
void enable_cri(Lines& lines) {
  const auto first =
      std::ranges::find_if(lines, [](const auto& line) { return value_of(line, kDisabled).has_value(); });
  if (first == lines.end()) return;
  const auto last =
      std::find_if(first, lines.end(), [](const auto& line) { return line.find(']') != std::string::npos; });
  if (last == lines.end()) return;
  const Lines statement(first, last + 1);
  std::vector<std::string> words = quoted_words(join(statement, " "));
  const auto is_cri = [](const std::string& word) { return std::ranges::find(kCriPlugins, word) != kCriPlugins.end(); };
  if (std::erase_if(words, is_cri) == 0) return;
  for (std::string& word : words) word.insert(0, 1, '"').push_back('"');
  *first = std::string(kDisabled) + " = [" + join(words, ", ") + "]";
  lines.erase(first + 1, last + 1);
}

Lines lines_of(std::string_view text) {
  Lines lines = split(text, '\n');
  while (!lines.empty() && trim(lines.back()).empty()) lines.pop_back();
  return lines;
}

}  // namespace

std::string wanted_containerd_config(std::string_view text, CgroupDriver driver) {
  const Lines before = lines_of(text);
  Lines lines = before;
  enable_cri(lines);
  if (driver == CgroupDriver::kSystemd) {
    if (!version_of(lines) && !has_tables(lines)) lines.insert(lines.begin(), "version = 2");
    set_systemd_cgroup(lines, cri_table(lines) + ".containerd.runtimes.runc");
  }
  return lines == before ? std::string(text) : join(lines, "\n") + "\n";
}

bool has_systemd_cgroup(std::string_view text) {
  Lines lines = lines_of(text);
  const auto table = find_table(lines, cri_table(lines) + ".containerd.runtimes.runc.options");
  if (table == lines.end()) return false;
  return std::any_of(table + 1, end_of_table(lines, table),
                     [](const std::string& line) { return value_of(line, kSystemdCgroup) == "true"; });
}

Result<std::string> docker_config_with_systemd(std::string_view text) {
  Json document = Json::object();
  if (!trim(text).empty()) {
    KRAKEN_ASSIGN(document, parse_json(text, {.max_size = kRuntimeConfigMaxSize, .max_depth = 16}));
  }
  if (document.as_object() == nullptr) return Error(ErrorCode::kCorrupt, "daemon.json: no JSON object");
  Json options = Json::array();
  if (const Json* present = document.find("exec-opts")) {
    if (present->as_array() == nullptr) return Error(ErrorCode::kCorrupt, "daemon.json: exec-opts is no list");
    for (const Json& option : *present->as_array()) {
      if (option.as_string() == nullptr)
        return Error(ErrorCode::kCorrupt, "daemon.json: exec-opts is no list of texts");
      if (!option.as_string()->starts_with(kDriverOption)) options.push_back(option);
    }
  }
  options.push_back(std::string(kDriverOption) + "systemd");
  document.set("exec-opts", std::move(options));
  return format_json(document);
}

}  // namespace kraken
