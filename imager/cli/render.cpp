#include "cli/render.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <iostream>

#include "base/text.h"
#include "sys/files.h"

namespace kraken {

namespace {

// What std::cout's badbit would be, with the reason: standard output has a state, and there is one of it.
std::atomic<int> output_errno{0};

}  // namespace

void print_line(std::string_view line) {
  print_text(std::string(line) + '\n');
}

void print_text(std::string_view text) {
  if (output_errno.load() != 0) return;
  const Status written = write_all(STDOUT_FILENO, as_bytes(text));
  if (!written.ok()) output_errno.store(written.error().sys_errno());
}

void print_json(const Json& value) {
  print_text(format_json(value));
}

void print_json_line(const Json& value) {
  print_line(format_json_line(value));
}

Status output_status() {
  const int failed = output_errno.load();
  return failed == 0 ? ok_status() : Error::from_errno(failed, "standard output: write");
}

void print_note(std::string_view text) {
  std::cerr << "kraken-image: " << text << '\n';
}

void print_warning(std::string_view text) {
  std::cerr << "kraken-image: warning: " << text << '\n';
}

void print_error(const Error& error) {
  std::cerr << "kraken-image: error: " << error.what() << '\n';
  if (error.code() == ErrorCode::kInternal) {
    std::cerr << "kraken-image: this is a bug of kraken-image's: please report it with the command line\n";
  }
}

std::string printable(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0U;
    const bool is_c1 = byte == 0xc2 && next >= 0x80 && next < 0xa0;
    if (byte >= 0x20 && byte != 0x7f && !is_c1) {
      out += text[i];
    } else if (byte == '\n') {
      out += "\\n";
    } else {
      const std::size_t length = is_c1 ? 2 : 1;
      for (const char c : text.substr(i, length)) out += "\\x" + to_hex(as_bytes({&c, 1}));
      i += length - 1;
    }
  }
  return out;
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

// A line from the terminal; nothing without one, at its end, or when `stop` is set while nobody has answered.
std::optional<std::string> ask(const std::string& question, const std::atomic<bool>& stop) {
  if (::isatty(STDIN_FILENO) != 1) return std::nullopt;
  std::cerr << question << std::flush;
  constexpr int kLookAtStop = 200;  // milliseconds: a signal need not reach the thread that waits here
  std::string line;
  while (!stop.load()) {
    pollfd terminal{STDIN_FILENO, POLLIN, 0};
    if (::poll(&terminal, 1, kLookAtStop) <= 0) continue;
    char c = 0;
    const ssize_t got = ::read(STDIN_FILENO, &c, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return std::nullopt;
    if (c == '\n') return line;
    line += c;
  }
  return std::nullopt;
}

}  // namespace

ProgressLine::ProgressLine(std::string phase) : phase_(std::move(phase)), on_terminal_(::isatty(STDERR_FILENO) == 1) {}

ProgressLine::~ProgressLine() {
  if (on_terminal_ && is_shown_) std::cerr << "\r\033[K" << std::flush;
}

void ProgressLine::update(Bytes done, Bytes total) {
  if (total == 0) return;
  const auto time = ProgressMeter::Clock::now();
  const std::string text = meter_.text({done, total}, time);
  const bool is_due = on_terminal_ ? !is_shown_ || time - told_ >= kRedrawInterval : time - told_ >= kPlainInterval;
  if (!is_due) return;
  told_ = time;
  is_shown_ = true;
  if (!on_terminal_) {
    std::cerr << phase_ << ": " << text << '\n' << std::flush;
    return;
  }
  std::cerr << "\r\033[K" << phase_ << ' ' << progress_bar({done, total}) << ' ' << text << std::flush;
}

bool ask_yes(std::string_view question, const std::atomic<bool>& stop) {
  const auto answer = ask(std::string(question) + " [yes/no] ", stop);
  return answer == "yes" || answer == "y";
}

std::optional<std::size_t> ask_number(std::string_view question, std::size_t last, const std::atomic<bool>& stop) {
  const auto answer = ask(std::string(question) + " [1-" + std::to_string(last) + "] ", stop);
  const auto number = answer ? parse_u64(trim(*answer)) : std::nullopt;
  if (!number || *number < 1 || *number > last) return std::nullopt;
  return static_cast<std::size_t>(*number);
}

}  // namespace kraken
