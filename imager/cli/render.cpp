#include "cli/render.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iostream>

#include "base/text.h"

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

void print_json_line(const Json& value) {
  std::cout << format_json_line(value) << '\n' << std::flush;
}

void print_note(std::string_view text) {
  std::cerr << "kraken-image: " << text << '\n';
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

namespace {

constexpr std::chrono::milliseconds kRedraw{200};
constexpr std::chrono::seconds kPlainLine{10};
constexpr int kBarWidth = 30;

std::string time_text(double seconds) {
  const auto whole = static_cast<long>(seconds);
  constexpr long kMinute = 60;
  if (whole < kMinute) return std::to_string(whole) + " s";
  return std::to_string(whole / kMinute) + " min " + std::to_string(whole % kMinute) + " s";
}

}  // namespace

ProgressLine::ProgressLine(std::string phase) : phase_(std::move(phase)), on_terminal_(::isatty(STDERR_FILENO) == 1) {}

ProgressLine::~ProgressLine() {
  if (on_terminal_ && is_shown_) std::cerr << "\r\033[K" << std::flush;
}

std::string ProgressLine::text(Bytes done, Bytes total) const {
  const auto percent = std::min<Bytes>(100, done / std::max<Bytes>(1, total / 100));
  std::string text = std::to_string(percent) + " % of " + human_bytes(total);
  const double seconds = std::chrono::duration<double>(Clock::now() - started_).count();
  const auto moved = static_cast<double>(done - std::min(done, done_at_start_.value_or(done)));
  if (seconds < 1 || moved <= 0) return text;
  const double rate = moved / seconds;
  text += ", " + human_bytes(static_cast<Bytes>(rate)) + "/s";
  if (done < total) text += ", " + time_text(static_cast<double>(total - done) / rate) + " left";
  return text;
}

void ProgressLine::update(Bytes done, Bytes total) {
  if (total == 0) return;
  const auto time = Clock::now();
  if (!done_at_start_) done_at_start_ = done;
  const bool is_due = on_terminal_ ? !is_shown_ || time - told_ >= kRedraw : time - told_ >= kPlainLine;
  if (!is_due) return;
  told_ = time;
  is_shown_ = true;
  if (!on_terminal_) {
    std::cerr << phase_ << ": " << text(done, total) << '\n' << std::flush;
    return;
  }
  const auto filled = static_cast<std::size_t>(std::min<Bytes>(kBarWidth, kBarWidth * done / total));
  std::string bar(filled, '#');
  bar.resize(kBarWidth, '.');
  std::cerr << "\r\033[K" << phase_ << " [" << bar << "] " << text(done, total) << std::flush;
}

bool ask_yes(std::string_view question) {
  if (::isatty(STDIN_FILENO) != 1) return false;
  std::cerr << question << " [yes/no] " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "yes" || answer == "y";
}

std::optional<std::size_t> ask_number(std::string_view question, std::size_t last) {
  if (::isatty(STDIN_FILENO) != 1) return std::nullopt;
  std::cerr << question << " [1-" << last << "] " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  const auto number = parse_u64(trim(answer));
  if (!number || *number < 1 || *number > last) return std::nullopt;
  return static_cast<std::size_t>(*number);
}

}  // namespace kraken
