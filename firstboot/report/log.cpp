#include "report/log.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstdio>

#include "base/units.h"
#include "sys/files.h"
#include "system/rooted_system.h"
#include "system/utc.h"

namespace kraken {

namespace {

// Without each line's time and boot, which have no blanks in them.
std::string without_times(std::string_view lines) {
  std::string text;
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size() - 1) + 1;
    const std::string_view line = lines.substr(0, end);
    const std::size_t boot = line.find(' ');
    const std::size_t said = boot == std::string_view::npos ? boot : line.find(' ', boot + 1);
    text += line.substr(said == std::string_view::npos ? 0 : said + 1);
    lines.remove_prefix(end);
  }
  return text;
}

}  // namespace

void Log::line(std::string_view text) {
  std::string clean(text);
  // One entry is one line, whatever an error message quoted.
  std::ranges::replace_if(
      clean, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  std::fprintf(stderr, "kraken-firstboot: %s\n", clean.c_str());
  pending_ += format_utc(system_.now()) + " " + boot_ + " " + clean + "\n";
  if (pending_.size() > kLogMaxSize / 2) pending_.erase(0, pending_.find('\n', pending_.size() / 2) + 1);
}

std::string Log::kept() const {
  // A log that cannot be read, or has been grown by somebody else, is not worth failing for.
  auto content = read_whole_file(below(root_, kLogPath), 4 * kLogMaxSize);
  return content.ok() ? std::move(*content) : std::string();
}

std::string Log::younger_half() const {
  const std::string content = kept();
  const std::size_t from = content.size() - std::min(content.size(), kLogMaxSize / 2);
  const std::size_t line_end = content.find('\n', from);
  return line_end == std::string::npos ? std::string() : content.substr(line_end + 1);
}

Status Log::keep_news() {
  const std::string before = "\n" + without_times(kept());
  if (!before.ends_with("\n" + without_times(pending_))) return keep();
  pending_.clear();
  return ok_status();
}

Status Log::keep() {
  if (pending_.empty()) return ok_status();
  struct stat info = {};
  const bool is_there = ::stat(below(root_, kLogPath).c_str(), &info) == 0;
  KRAKEN_TRY(system_.make_folder("/var/log"));
  if (is_there && static_cast<Bytes>(info.st_size) + pending_.size() > kLogMaxSize) {
    KRAKEN_TRY(system_.replace_file(kLogPath, younger_half() + pending_, FileMode::kPublic));
  } else {
    KRAKEN_TRY(system_.append_file(kLogPath, pending_));
  }
  pending_.clear();
  return ok_status();
}

}  // namespace kraken
