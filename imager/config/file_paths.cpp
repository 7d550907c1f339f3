#include "config/file_paths.h"

#include <cstdlib>

namespace kraken {

std::filesystem::path folder_of(const std::filesystem::path& file) {
  const auto folder = file.parent_path();
  return folder.empty() ? std::filesystem::path(".") : folder;
}

std::vector<std::filesystem::path> search_folders(const std::filesystem::path& near, const ConfigPaths& paths,
                                                  const std::filesystem::path& name) {
  std::vector<std::filesystem::path> folders;
  if (!near.empty()) folders.push_back((near / name).lexically_normal());
  if (paths.share.empty()) return folders;
  const auto shared = (paths.share / name).lexically_normal();
  if (folders.empty() || folders.front() != shared) folders.push_back(shared);
  return folders;
}

Result<std::filesystem::path> resolve_path(const std::filesystem::path& folder, const std::string& text) {
  if (!text.starts_with('~')) return (folder / text).lexically_normal();
  if (text.size() > 1 && text[1] != '/') {
    return Error(ErrorCode::kConfig, "~ stands for your own home folder alone; write another user's in full");
  }
  const char* const home = std::getenv("HOME");  // NOLINT(concurrency-mt-unsafe)
  if (home == nullptr || *home == '\0') {
    return Error(ErrorCode::kConfig, "~ stands for the home folder, and HOME is not set; write the path in full");
  }
  const std::string rest = text.size() > 2 ? text.substr(2) : "";
  return (std::filesystem::path(home) / rest).lexically_normal();
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

}  // namespace kraken
