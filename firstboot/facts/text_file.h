// A small text file as it was found.
#pragma once

#include <filesystem>
#include <string>

#include "base/units.h"

namespace kraken {

struct TextFile {
  enum class State { kAbsent, kPresent, kUnreadable };
  State state = State::kAbsent;
  std::string content;      // when present
  std::string problem;      // when unreadable
  bool is_private = false;  // nobody but its owner may read it
};

// Larger than `limit` is unreadable.
TextFile read_text_file(const std::filesystem::path& path, Bytes limit);

}  // namespace kraken
