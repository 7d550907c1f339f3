#include "image/os_release.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "image/os_text.h"

namespace kraken {

namespace {

// os-release(5): assignments compatible with a shell; a backslash takes the meaning from the character after it.
std::string unquoted(std::string_view value) {
  const bool quoted =
      value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front();
  const bool literal = quoted && value.front() == '\'';
  if (quoted) value = value.substr(1, value.size() - 2);
  std::string out;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] == '\\' && !literal && i + 1 < value.size()) ++i;
    out += value[i];
  }
  // The text ends up in messages on a terminal.
  std::erase_if(out, [](char c) { return (c >= 0 && c < ' ') || c == 127; });
  return out;
}

}  // namespace

bool OsRelease::is_debian_like() const {
  const auto words = split_words(id + " " + id_like);
  return std::any_of(words.begin(), words.end(), [](const std::string& word) {
    return word == "debian" || word == "raspbian" || word == "ubuntu";
  });
}

Result<OsRelease> parse_os_release(std::string_view text) {
  KRAKEN_TRY(check_os_text(text, "os-release"));
  std::map<std::string, std::string, std::less<>> values;
  for (const TextLine& line : split_lines(text)) {
    const std::string_view assignment = trim(line.text);
    const std::size_t equals = assignment.find('=');
    if (assignment.empty() || assignment.front() == '#' || equals == std::string_view::npos) continue;
    values[std::string(assignment.substr(0, equals))] = unquoted(assignment.substr(equals + 1));
  }
  OsRelease release;
  release.pretty_name = values.contains("PRETTY_NAME") ? values["PRETTY_NAME"] : values["NAME"];
  release.id = values["ID"];
  release.id_like = values["ID_LIKE"];
  release.version_codename = values["VERSION_CODENAME"];
  return release;
}

}  // namespace kraken
