#include "cli/render.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iostream>

namespace kraken {

void print_line(std::string_view line) {
  std::cout << line << '\n';
}

void print_text(std::string_view text) {
  std::cout << text;
}

void print_json(const Json& value) {
  std::cout << format_json(value);
}

void print_warning(std::string_view text) {
  std::cerr << "kraken-image: warning: " << text << '\n';
}

void print_error(const Error& error) {
  std::cout.flush();
  std::cerr << "kraken-image: error: " << error.what() << '\n';
  if (error.code() == ErrorCode::kInternal) {
    std::cerr << "kraken-image: this is a bug of kraken-image's: please report it with the command line\n";
  }
}

std::string format_table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      if (i + 1 < row.size()) line.append(widths[i] - row[i].size() + 2, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  return text;
}

ProgressLine::ProgressLine(std::string phase) : phase_(std::move(phase)), on_terminal_(::isatty(STDERR_FILENO) == 1) {}

ProgressLine::~ProgressLine() {
  if (on_terminal_ && last_percent_ >= 0) std::cerr << "\r\033[K" << std::flush;
}

void ProgressLine::update(Bytes done, Bytes total) {
  if (!on_terminal_ || total == 0) return;
  const int percent = static_cast<int>(std::min<Bytes>(100, done / std::max<Bytes>(1, total / 100)));
  if (percent == last_percent_) return;
  last_percent_ = percent;
  constexpr int kWidth = 30;
  std::string bar(static_cast<std::size_t>(percent * kWidth / 100), '#');
  bar.resize(kWidth, '.');
  std::cerr << "\r\033[K" << phase_ << " [" << bar << "] " << percent << " % of " << human_bytes(total) << std::flush;
}

bool ask_yes(std::string_view question) {
  if (::isatty(STDIN_FILENO) != 1) return false;
  std::cerr << question << " [yes/no] " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "yes" || answer == "y";
}

}  // namespace kraken
