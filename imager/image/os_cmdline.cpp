#include "image/os_cmdline.h"

#include <algorithm>

#include "base/text.h"
#include "image/os_text.h"

namespace kraken {

namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

// What the kernel makes of a word: quotes around it or around its value are no part of it (lib/cmdline.c, next_arg()).
std::string unquoted(std::string word) {
  std::erase(word, '"');
  return word;
}

std::string key_of(const std::string& word) {
  const std::string plain = unquoted(word);
  return plain.substr(0, plain.find('='));
}

bool same_key(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return (x == '-' ? '_' : x) == (y == '-' ? '_' : y); });
}

Result<std::vector<std::string>> split_line(std::string_view line) {
  std::vector<std::string> words;
  std::string word;
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') quoted = !quoted;
    if (!quoted && is_blank(c)) {
      if (!word.empty()) words.push_back(std::move(word));
      word.clear();
    } else {
      word += c;
    }
  }
  if (quoted)
    return Error(ErrorCode::kCorrupt, "cmdline.txt: a double quote is never closed; correct it in the base image");
  if (!word.empty()) words.push_back(std::move(word));
  return words;
}

Status check_word(std::string_view word) {
  const auto parsed = split_line(word);
  const bool breaks = word.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
  if (!breaks && parsed.ok() && parsed->size() == 1 && parsed->front() == word && word.front() != '=')
    return ok_status();
  return Error(ErrorCode::kInvalidArgument,
               "\"" + std::string(word) +
                   "\" is not one word of a kernel command line; put a value with blanks in double quotes");
}

void remove_word(std::vector<std::string>& words, const std::string& pattern) {
  const bool whole = pattern.find('=') != std::string::npos;
  std::erase_if(words, [&](const std::string& word) {
    return whole ? unquoted(word) == unquoted(pattern) : same_key(key_of(word), pattern);
  });
}

// Before "--": what follows it is passed to init.
void append_word(std::vector<std::string>& words, const std::string& word) {
  words.insert(std::find(words.begin(), words.end(), "--"), word);
}

void set_word(std::vector<std::string>& words, const std::string& word) {
  const std::string key = key_of(word);
  const auto same = [&](const std::string& other) { return same_key(key_of(other), key); };
  const auto end = std::find(words.begin(), words.end(), "--");
  const auto first = std::find_if(words.begin(), end, same);
  if (first == end) return append_word(words, word);
  *first = word;
  words.erase(std::remove_if(first + 1, end, same), end);
}

// Puts `words` in the place of the first line.
Result<std::string> with_words(std::string_view text, const std::vector<std::string>& words) {
  auto lines = split_lines(text);
  if (lines.empty()) lines.push_back({"", "\n"});
  lines.front().text = join(words, " ");
  if (lines.front().text.size() > kMaxCmdline) {
    return Error(ErrorCode::kUnsupported, "cmdline.txt would have " + std::to_string(lines.front().text.size()) +
                                              " characters, and a kernel may read only the first " +
                                              std::to_string(kMaxCmdline) + "; add fewer words");
  }
  return join_lines(lines);
}

}  // namespace

Result<std::vector<std::string>> cmdline_words(std::string_view text) {
  KRAKEN_TRY(check_os_text(text, "cmdline.txt"));
  const std::size_t end = text.find('\n');
  return split_line(text.substr(0, end));
}

std::optional<std::string> cmdline_value(const std::vector<std::string>& words, std::string_view key) {
  std::optional<std::string> value;
  for (const std::string& word : words) {
    if (word == "--") break;
    const std::string plain = unquoted(word);
    const std::size_t equals = plain.find('=');
    if (equals != std::string::npos && same_key(key_of(word), key)) value = plain.substr(equals + 1);
  }
  return value;
}

bool cmdline_has(const std::vector<std::string>& words, std::string_view word) {
  return std::any_of(words.begin(), words.end(), [&](const std::string& w) { return same_key(key_of(w), word); });
}

Result<std::string> edit_cmdline(std::string_view text, const CmdlineEdit& edit) {
  KRAKEN_ASSIGN(const std::vector<std::string> before, cmdline_words(text));
  std::vector<std::string> words = before;
  for (const std::string& word : edit.remove) {
    KRAKEN_TRY(check_word(word));
    remove_word(words, word);
  }
  for (const std::string& word : edit.set) {
    KRAKEN_TRY(check_word(word));
    set_word(words, word);
  }
  for (const std::string& word : edit.add) {
    KRAKEN_TRY(check_word(word));
    const auto params_end = std::find(words.begin(), words.end(), "--");
    if (std::find(words.begin(), params_end, word) == params_end) append_word(words, word);
  }
  if (words == before) return std::string(text);
  return with_words(text, words);
}

Result<std::string> change_cmdline_disk_id(std::string_view text, const DiskIdChange& change) {
  KRAKEN_TRY(cmdline_words(text));
  const std::size_t end = std::min(text.find('\n'), text.size());
  return change_partuuids(text.substr(0, end), change) + std::string(text.substr(end));
}

}  // namespace kraken
