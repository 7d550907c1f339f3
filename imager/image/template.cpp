#include "image/template.h"

#include <algorithm>
#include <vector>

#include "base/text.h"

namespace kraken {

namespace {

std::string place(std::string_view text, std::size_t offset, const std::string& file) {
  const std::string_view before = text.substr(0, offset);
  const auto line = std::ranges::count(before, '\n') + 1;
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0: the first line
  return file + ":" + std::to_string(line) + ":" + std::to_string(offset - line_start + 1);
}

Error unknown(const std::string& name, const TemplateValues& values, const std::string& where) {
  std::vector<std::string> known;
  for (const auto& [key, value] : values) known.push_back(key);
  std::string message = where + ": unknown template variable \"" + name + "\"";
  if (const auto near = nearest(name, known)) message += ", did you mean \"" + *near + "\"?";
  return Error(ErrorCode::kConfig, message + " (known: " + join(known, ", ") + ")");
}

}  // namespace

Result<std::string> render_template(std::string_view text, const TemplateValues& values, const std::string& file) {
  std::string out;
  std::size_t position = 0;
  while (true) {
    const std::size_t open = text.find("{{", position);
    out += text.substr(position, open - position);
    if (open == std::string_view::npos) return out;
    const std::size_t close = text.find("}}", open);
    if (close == std::string_view::npos) {
      return Error(ErrorCode::kConfig, place(text, open, file) + ": \"{{\" without its \"}}\"");
    }
    const std::string name(trim(text.substr(open + 2, close - open - 2)));
    const auto value = values.find(name);
    if (value == values.end()) return unknown(name, values, place(text, open, file));
    out += value->second;
    position = close + 2;
  }
}

}  // namespace kraken
