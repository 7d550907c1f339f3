// Reads JSON of the few forms that a file of secrets has, out of a text that it neither owns nor copies: objects,
// strings of printable ASCII without escapes, integers, null. Its errors name the line and what was expected there, and
// never what was found.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace kraken {

class SecretText {
 public:
  explicit SecretText(std::string_view text) : rest_(text) {}

  // The punctuation mark or word, if it is what comes next.
  bool take(std::string_view token);
  // All of these: kCorrupt when something else comes next.
  Status expect(std::string_view token);
  Status expect_member(std::string_view key);  // the key and the colon after it
  Result<std::string_view> string(std::string_view expected);
  Result<std::int64_t> integer(std::string_view expected);
  Status end();
  // An object; `read` is called with each key, in front of its value.
  Status members(const std::function<Status(std::string_view key)>& read);

  Error wrong(std::string_view expected) const;

 private:
  void skip_blanks();

  std::string_view rest_;
  std::size_t line_ = 1;
};

}  // namespace kraken
