// Paths as the YAML files name them: relative to the file they stand in, or to the home folder.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/reader.h"

namespace kraken {

// The folder a file lies in: "." for a bare name.
std::filesystem::path folder_of(const std::filesystem::path& file);

// `near`/name unless `near` is empty, then <share>/name unless there is no share or it is the same folder.
std::vector<std::filesystem::path> search_folders(const std::filesystem::path& near, const ConfigPaths& paths,
                                                  const std::filesystem::path& name);

// Relative to `folder`; "~" and "~/x" stand for $HOME. kConfig for "~user" and when there is no HOME.
Result<std::filesystem::path> resolve_path(const std::filesystem::path& folder, const std::string& text);

std::string lower_case(std::string_view text);

}  // namespace kraken
