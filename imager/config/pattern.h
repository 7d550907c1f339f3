// A regular expression in the dialect that std::regex (ECMAScript) and JSON Schema share; it matches whole texts.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace kraken {

class Pattern {
 public:
  // Of this program's own making: one that does not compile is a bug, and ends it.
  explicit Pattern(std::string text);

  const std::string& text() const { return text_; }
  // False also for a text too long for the matcher (2048 bytes), which takes stack for every character.
  bool matches(std::string_view text) const;

 private:
  struct Compiled;  // keeps <regex>, which is slow to compile, out of all the tables
  std::string text_;
  std::shared_ptr<const Compiled> compiled_;  // never changes; shared by copies of a definition
};

}  // namespace kraken
