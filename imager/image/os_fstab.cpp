#include "image/os_fstab.h"

#include <algorithm>

#include "base/text.h"
#include "image/os_text.h"

namespace kraken {

namespace {

constexpr std::string_view kName = "/etc/fstab";

bool is_octal(char c) {
  return c >= '0' && c <= '7';
}

// fstab(5): \040 is a space, \011 a tab; any three octal digits are a character.
std::string unescaped(std::string_view field) {
  std::string out;
  for (std::size_t i = 0; i < field.size(); ++i) {
    const bool escape = field[i] == '\\' && field.size() - i > 3 && is_octal(field[i + 1]) && is_octal(field[i + 2]) &&
                        is_octal(field[i + 3]);
    if (!escape) {
      out += field[i];
      continue;
    }
    out += static_cast<char>((field[i + 1] - '0') * 64 + (field[i + 2] - '0') * 8 + (field[i + 3] - '0'));
    i += 3;
  }
  return out;
}

// LABEL="a b" and LABEL=a mean the same.
std::string without_quotes(std::string device) {
  const std::size_t equals = device.find('=');
  if (equals != std::string::npos && device.size() >= equals + 3 && device[equals + 1] == '"' && device.back() == '"') {
    device = device.substr(0, equals + 1) + device.substr(equals + 2, device.size() - equals - 3);
  }
  return device;
}

std::string without_slash(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

bool is_comment(std::string_view line) {
  return trim(line).empty() || trim(line).front() == '#';
}

// What would end a field, or begin an escape or a comment.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool special = c == ' ' || c == '\t' || c == '\n' || c == '\\' || c == '#';
    if (!special) {
      out += c;
      continue;
    }
    out += '\\';
    for (const int shift : {6, 3, 0}) out += static_cast<char>('0' + (c >> shift & 7));
  }
  return out;
}

// A name may be spelled with escapes; such a field is written anew, and only when there is one in it.
std::string changed_field(std::string_view field, const DiskIdChange& change) {
  const std::string plain = unescaped(field);
  if (plain == field) return change_partuuids(field, change);
  const std::string changed = change_partuuids(plain, change);
  return changed == plain ? std::string(field) : escaped(changed);
}

std::string changed_line(std::string_view line, const DiskIdChange& change) {
  constexpr std::string_view kBlanks = " \t";
  std::string out;
  while (!line.empty()) {
    const std::size_t start = std::min(line.find_first_not_of(kBlanks), line.size());
    const std::size_t end = std::min(line.find_first_of(kBlanks, start), line.size());
    out.append(line.substr(0, start)).append(changed_field(line.substr(start, end - start), change));
    line.remove_prefix(end);
  }
  return out;
}

}  // namespace

Result<std::vector<FstabEntry>> parse_fstab(std::string_view text) {
  KRAKEN_TRY(check_os_text(text, kName));
  std::vector<FstabEntry> entries;
  std::size_t number = 0;
  for (const TextLine& line : split_lines(text)) {
    ++number;
    const auto fields = split_words(line.text);
    if (is_comment(line.text) || fields.size() < 3) continue;
    FstabEntry entry;
    entry.line = number;
    entry.device = without_quotes(unescaped(fields[0]));
    entry.mount_point = without_slash(unescaped(fields[1]));
    entry.type = fields[2];
    if (fields.size() > 3) entry.options = split(fields[3], ',');
    entries.push_back(std::move(entry));
  }
  return entries;
}

const FstabEntry* find_mount(const std::vector<FstabEntry>& entries, std::string_view mount_point) {
  const FstabEntry* found = nullptr;
  for (const FstabEntry& entry : entries) {
    if (entry.mount_point == mount_point) found = &entry;
  }
  return found;
}

const FstabEntry* find_boot_mount(const std::vector<FstabEntry>& entries) {
  for (const std::string_view usual : {"/boot/firmware", "/boot"}) {
    const FstabEntry* entry = find_mount(entries, usual);
    if (entry != nullptr && entry->is_fat()) return entry;
  }
  const FstabEntry* only = nullptr;
  for (const FstabEntry& entry : entries) {
    const bool below_boot =
        entry.mount_point.starts_with("/boot/") && entry.mount_point.find("..") == std::string::npos;
    if (!entry.is_fat() || !below_boot) continue;
    if (only != nullptr) return nullptr;
    only = &entry;
  }
  return only;
}

Result<std::string> change_fstab_disk_id(std::string_view text, const DiskIdChange& change) {
  KRAKEN_TRY(check_os_text(text, kName));
  auto lines = split_lines(text);
  for (TextLine& line : lines) {
    if (!is_comment(line.text)) line.text = changed_line(line.text, change);
  }
  return join_lines(lines);
}

}  // namespace kraken
