#include "image/os_text.h"

#include "base/text.h"

namespace kraken {

std::vector<TextLine> split_lines(std::string_view text) {
  std::vector<TextLine> lines;
  while (!text.empty()) {
    const std::size_t found = text.find('\n');
    const std::size_t break_at = found == std::string_view::npos ? text.size() : found;
    const bool carriage = found != std::string_view::npos && break_at > 0 && text[break_at - 1] == '\r';
    const std::size_t length = carriage ? break_at - 1 : break_at;
    const std::size_t next = found == std::string_view::npos ? text.size() : found + 1;
    lines.push_back({std::string(text.substr(0, length)), std::string(text.substr(length, next - length))});
    text.remove_prefix(next);
  }
  return lines;
}

std::string join_lines(const std::vector<TextLine>& lines) {
  std::string text;
  for (const TextLine& line : lines) text.append(line.text).append(line.end);
  return text;
}

void append_line(std::vector<TextLine>& lines, std::string text) {
  const std::string end = lines.empty() || lines.front().end.empty() ? "\n" : lines.front().end;
  if (!lines.empty() && lines.back().end.empty()) lines.back().end = end;
  lines.push_back({std::move(text), end});
}

Status check_os_text(std::string_view text, std::string_view name) {
  if (text.size() > kMaxOsText) {
    return Error(ErrorCode::kCorrupt, std::string(name) + ": " + human_bytes(text.size()) + " is more than the " +
                                          human_bytes(kMaxOsText) + " that such a file may have; check the base image");
  }
  if (contains_nul(text)) {
    return Error(ErrorCode::kCorrupt,
                 std::string(name) + ": this is no text (it contains a zero byte); check the base image");
  }
  return ok_status();
}

}  // namespace kraken
