#include "config/problems.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "base/text.h"

namespace kraken {

namespace {

constexpr std::size_t kMaxShown = 50;
constexpr std::size_t kMaxQuoted = 40;

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U;
}

void append_escaped(std::string& out, char c) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  out += "\\x";
  out += kDigits[byte >> 4U];
  out += kDigits[byte & 0xfU];
}

}  // namespace

void Problems::add(const Origin& origin, std::string text) {
  if (full()) return;
  const bool known = std::ranges::any_of(
      found_, [&](const Problem& problem) { return problem.text == text && problem.origin.text() == origin.text(); });
  if (!known) found_.push_back({origin, std::move(text)});
}

void Problems::add(const Error& error) {
  add(Origin{}, error.what());
}

Status Problems::status() const {
  if (found_.empty()) return ok_status();
  std::map<std::string, std::size_t> file_order;
  for (const Problem& problem : found_) file_order.emplace(problem.origin.file, file_order.size());
  std::vector<Problem> sorted = found_;
  std::ranges::stable_sort(sorted, {}, [&](const Problem& problem) {
    return std::tuple(file_order[problem.origin.file], problem.origin.line, problem.origin.column);
  });
  std::vector<std::string> lines;
  for (const Problem& problem : sorted) {
    if (lines.size() == kMaxShown) break;
    lines.push_back(problem.origin.is_default() ? problem.text : problem.origin.text() + ": " + problem.text);
  }
  if (full()) {
    lines.emplace_back("... and more: mend these first");
  } else if (sorted.size() > kMaxShown) {
    lines.push_back("... and " + std::to_string(sorted.size() - kMaxShown) + " more");
  }
  return Error(ErrorCode::kConfig, join(lines, "\n"));
}

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  std::size_t shown = 0;
  for (const char c : text) {
    if (shown >= kMaxQuoted && !is_continuation(c)) return out + "...\"";
    // A message must fit on the terminal's line whatever is fed to it.
    if (shown >= kMaxQuoted + 4) return out + "...\"";
    ++shown;
    if (c == '\n') {
      out += "\\n";
    } else if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      append_escaped(out, c);
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  const auto best = nearest(word, candidates);
  return best ? "; did you mean " + in_quotes(*best) + "?" : "";
}

}  // namespace kraken
