#include "facts/mounts.h"

#include <algorithm>

#include "base/text.h"

namespace kraken {

namespace {

bool is_octal(char c) {
  return c >= '0' && c <= '7';
}

// Blank, tab, line feed and backslash are written as a backslash and three octal digits.
std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && text.size() - i > 3 && is_octal(text[i + 1]) && is_octal(text[i + 2]) &&
        is_octal(text[i + 3])) {
      const int code = (text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0');
      out += static_cast<char>(code & 0xff);
      i += 3;
    } else {
      out += text[i];
    }
  }
  return out;
}

bool has_option(std::string_view options, std::string_view option) {
  const auto parts = split(options, ',');
  return std::ranges::find(parts, option) != parts.end();
}

std::optional<Mount> parse_line(std::string_view line) {
  // 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
  constexpr std::size_t kFieldsBefore = 6;
  const auto words = split_words(line);
  const auto separator = std::ranges::find(words, "-");
  if (separator - words.begin() < static_cast<std::ptrdiff_t>(kFieldsBefore)) return std::nullopt;
  if (words.end() - separator < 4) return std::nullopt;
  Mount mount;
  mount.device = words[2];
  mount.folder = unescaped(words[4]);
  mount.fs_type = *(separator + 1);
  mount.read_only = has_option(words[5], "ro") || has_option(*(separator + 3), "ro");
  return mount;
}

}  // namespace

std::vector<Mount> parse_mountinfo(std::string_view text) {
  std::vector<Mount> mounts;
  for (const std::string& line : split(text, '\n')) {
    if (auto mount = parse_line(line)) mounts.push_back(std::move(*mount));
  }
  return mounts;
}

const Mount* find_mount(const std::vector<Mount>& mounts, std::string_view folder) {
  const auto found = std::find_if(mounts.rbegin(), mounts.rend(), [&](const Mount& m) { return m.folder == folder; });
  return found == mounts.rend() ? nullptr : &*found;
}

}  // namespace kraken
