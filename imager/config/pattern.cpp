#include "config/pattern.h"

// g++ 12 takes the small object inside of std::function for uninitialised once the sanitizers are on.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#include <regex>

namespace kraken {

struct Pattern::Compiled {
  std::regex regex;
};

Pattern::Pattern(std::string text)
    : text_(std::move(text)),
      compiled_(std::make_shared<const Compiled>(Compiled{std::regex(text_, std::regex::ECMAScript)})) {}

bool Pattern::matches(std::string_view text) const {
  constexpr std::size_t kMaxMatched = 2048;
  if (text.size() > kMaxMatched) return false;
  try {
    return std::regex_match(text.begin(), text.end(), compiled_->regex);
  } catch (const std::regex_error&) {
    return false;  // the matcher gave up: not a text that any of the patterns is about
  }
}

}  // namespace kraken
