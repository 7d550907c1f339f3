// YAML text to a Value. The one wrapper of yaml-cpp: its exceptions end here.
//
// Takes hostile input: size, depth and number of nodes are bounded (aliases count as what they stand for), keys given
// twice, merge keys, tags and second documents are refused, and so is everything that is not UTF-8.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/units.h"
#include "config/problems.h"
#include "config/value.h"

namespace kraken {

inline constexpr Bytes kMaxYamlSize = kMiB;

// `name` is the file's name in origins and messages. Nothing when the text has a mistake; `problems` has it then.
std::optional<Value> parse_yaml(std::string_view text, const std::string& name, Problems& problems);

// The same for a regular file. The path as given is its name in messages.
std::optional<Value> read_yaml(const std::filesystem::path& file, Problems& problems);

}  // namespace kraken
