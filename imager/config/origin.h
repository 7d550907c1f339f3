// Where a value was written. Every error names it, and `plan` shows it beside every edit.
#pragma once

#include <string>

namespace kraken {

struct Origin {
  std::string file;  // as the user named it; empty for a built-in default
  int line = 0;      // from 1
  int column = 0;    // from 1

  bool is_default() const { return file.empty(); }
  // "cluster.yaml:12:5", or "default"; the file alone ("--size") where there are no lines.
  std::string text() const {
    if (is_default()) return "default";
    if (line == 0) return file;
    return file + ":" + std::to_string(line) + ":" + std::to_string(column);
  }
};

template <typename T>
struct Sourced {
  T value{};
  Origin origin;
};

}  // namespace kraken
