// A base description's Value (checked, with what it extends merged in) to a BaseDescription.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "config/library.h"
#include "config/model.h"
#include "config/problems.h"
#include "config/reader.h"

namespace kraken {

// Base descriptions: a list of a child replaces the parent's, but add_packages is appended.
LibraryKind base_kind();

// The folders that descriptions are looked for in, first wins.
std::vector<std::filesystem::path> base_folders(const std::filesystem::path& near, const ConfigPaths& paths);

// Nothing when a key is missing; `problems` says which.
std::optional<BaseDescription> base_from(const Value& value, const std::filesystem::path& file, Problems& problems);

}  // namespace kraken
