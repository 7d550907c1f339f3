// One of the account files as lines of fields separated by ':': the common part of os_accounts. A line that is not
// touched stays to the byte, NIS lines ("+") and malformed ones included.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "image/os_text.h"

namespace kraken {

class AccountFile {
 public:
  // kCorrupt when the text is too large or no text. `name` is for messages: "/etc/passwd".
  static Result<AccountFile> parse(std::string_view text, std::string name);

  std::string text() const { return join_lines(lines_); }

  // The fields of the line whose first field is `key`; nothing when there is none. kBaseImage when there are two.
  Result<std::optional<std::vector<std::string>>> find(std::string_view key) const;
  // Replaces that line, which find() has found, or appends it.
  void put(const std::vector<std::string>& fields);

  // Field `index` of every line that has it, as a number; other lines are passed over.
  std::vector<std::uint64_t> numbers(std::size_t index) const;
  // One past the highest start + count (fields 2 and 3 of subuid(5)), never below `floor`.
  std::uint64_t end_of_ranges(std::uint64_t floor) const;

 private:
  AccountFile(std::vector<TextLine> lines, std::string name) : lines_(std::move(lines)), name_(std::move(name)) {}

  std::vector<TextLine> lines_;
  std::string name_;
};

}  // namespace kraken
