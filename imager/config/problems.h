// The mistakes found in one run over the files, so that all of them are told at once, and how a bad value is quoted in
// a message. Nothing here ever quotes a secret: the caller decides what it passes in.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/origin.h"

namespace kraken {

class Problems {
 public:
  void add(const Origin& origin, std::string text);
  // An error that already names its place.
  void add(const Error& error);

  bool empty() const { return found_.empty(); }
  std::size_t count() const { return found_.size(); }
  // Once true, further ones are no longer kept: a file of garbage needs no thousand lines.
  bool full() const { return found_.size() >= kMaxKept; }

  // Success, or kConfig with one line a problem ("cluster.yaml:12:5: ..."), files in the order in which they first had
  // one, each from its top to its end.
  Status status() const;

 private:
  static constexpr std::size_t kMaxKept = 100;
  struct Problem {
    Origin origin;
    std::string text;
  };
  std::vector<Problem> found_;
};

// The text in double quotes, control characters and broken UTF-8 escaped, shortened after about forty characters.
std::string in_quotes(std::string_view text);

// "; did you mean \"nodes\"?", or nothing when no candidate is near.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace kraken
