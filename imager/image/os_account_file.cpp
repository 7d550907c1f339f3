#include "image/os_account_file.h"

#include <algorithm>

#include "base/text.h"

namespace kraken {

namespace {

std::string_view key_of(const TextLine& line) {
  return std::string_view(line.text).substr(0, line.text.find(':'));
}

}  // namespace

Result<AccountFile> AccountFile::parse(std::string_view text, std::string name) {
  KRAKEN_TRY(check_os_text(text, name));
  return AccountFile(split_lines(text), std::move(name));
}

Result<std::optional<std::vector<std::string>>> AccountFile::find(std::string_view key) const {
  std::optional<std::vector<std::string>> found;
  for (const TextLine& line : lines_) {
    if (key_of(line) != key) continue;
    if (found) {
      return Error(ErrorCode::kBaseImage,
                   name_ + ": '" + std::string(key) + "' is there twice; correct the base image");
    }
    found = split(line.text, ':');
  }
  return found;
}

void AccountFile::put(const std::vector<std::string>& fields) {
  const std::string text = join(fields, ":");
  const auto line =
      std::find_if(lines_.begin(), lines_.end(), [&](const TextLine& l) { return key_of(l) == fields.front(); });
  if (line != lines_.end()) {
    line->text = text;
  } else {
    append_line(lines_, text);
  }
}

std::vector<std::uint64_t> AccountFile::numbers(std::size_t index) const {
  std::vector<std::uint64_t> numbers;
  for (const TextLine& line : lines_) {
    const auto fields = split(line.text, ':');
    if (fields.size() <= index) continue;
    if (const auto number = parse_u64(fields[index])) numbers.push_back(*number);
  }
  return numbers;
}

std::uint64_t AccountFile::end_of_ranges(std::uint64_t floor) const {
  std::uint64_t end = floor;
  for (const TextLine& line : lines_) {
    const auto fields = split(line.text, ':');
    if (fields.size() < 3) continue;
    const auto start = parse_u64(fields[1]);
    const auto count = parse_u64(fields[2]);
    constexpr std::uint64_t kMax = UINT32_MAX;  // uid_t
    if (!start || !count || *start > kMax || *count > kMax) continue;
    end = std::max(end, *start + *count);
  }
  return end;
}

}  // namespace kraken
