#include "stack/root_tree.h"

#include <algorithm>
#include <deque>
#include <system_error>

#include "base/text.h"
#include "base/units.h"
#include "sys/files.h"

namespace kraken {

namespace {

constexpr int kMaxLinks = 40;  // as Linux: path_resolution(7)
constexpr Bytes kMaxSize = kMiB;

}  // namespace

std::optional<std::filesystem::path> RootTree::walk(std::string_view path, Last last) const {
  std::deque<std::string> ahead;
  for (std::string& part : split(path, '/')) ahead.push_back(std::move(part));
  std::filesystem::path done;  // below root_
  int links = 0;
  while (!ahead.empty()) {
    const std::string part = std::move(ahead.front());
    ahead.pop_front();
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      done = done.parent_path();
      continue;
    }
    std::error_code error;
    const auto here = root_ / done / part;
    const auto status = std::filesystem::symlink_status(here, error);
    if (error || !std::filesystem::exists(status)) return std::nullopt;
    if (!std::filesystem::is_symlink(status) || (last == Last::kKeep && ahead.empty())) {
      done /= part;
      continue;
    }
    const std::string text = std::filesystem::read_symlink(here, error).string();
    if (error || ++links > kMaxLinks) return std::nullopt;
    if (text.starts_with('/')) done.clear();
    const auto parts = split(text, '/');
    ahead.insert(ahead.begin(), parts.begin(), parts.end());
  }
  return root_ / done;
}

bool RootTree::is_file(std::string_view path) const {
  const auto found = resolve(path);
  std::error_code error;
  return found && std::filesystem::is_regular_file(*found, error);
}

std::optional<std::string> RootTree::link_text(std::string_view path) const {
  const auto found = walk(path, Last::kKeep);
  std::error_code error;
  if (!found || !std::filesystem::is_symlink(*found, error)) return std::nullopt;
  return std::filesystem::read_symlink(*found, error).string();
}

std::vector<std::string> RootTree::names(std::string_view folder) const {
  std::vector<std::string> names;
  const auto found = resolve(folder);
  if (!found) return names;
  std::error_code error;
  std::filesystem::directory_iterator entry(*found, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    names.push_back(entry->path().filename().string());
  }
  std::ranges::sort(names);
  return names;
}

Result<std::string> RootTree::read(std::string_view path) const {
  const auto found = resolve(path);
  if (!found) return Error(ErrorCode::kNotFound, "there is no " + std::string(path));
  // A pipe or a device would be waited for.
  if (!is_file(path)) return Error(ErrorCode::kUnsupported, std::string(path) + " is no regular file");
  return read_whole_file(*found, kMaxSize);
}

}  // namespace kraken
