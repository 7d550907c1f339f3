#include "stack/root_tree.h"

#include <sys/stat.h>

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

// Nothing when there is none. Not std::filesystem's: where time_t of the standard library has 32 bits (armhf), it fails
// for what was changed after 2038, as it is with a clock that runs wild.
std::optional<mode_t> mode_of(const std::filesystem::path& path) {
  struct stat info = {};
  if (::lstat(path.c_str(), &info) != 0) return std::nullopt;
  return info.st_mode;
}

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
    const auto here = root_ / done / part;
    const auto mode = mode_of(here);
    if (!mode) return std::nullopt;
    if (!S_ISLNK(*mode) || (last == Last::kKeep && ahead.empty())) {
      done /= part;
      continue;
    }
    std::error_code error;
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
  const auto mode = found ? mode_of(*found) : std::nullopt;
  return mode && S_ISREG(*mode);
}

bool RootTree::is_secret(std::string_view path) const {
  const auto found = resolve(path);
  const auto mode = found ? mode_of(*found) : std::nullopt;
  return mode && (*mode & S_IROTH) == 0;
}

std::optional<std::string> RootTree::link_text(std::string_view path) const {
  const auto found = walk(path, Last::kKeep);
  const auto mode = found ? mode_of(*found) : std::nullopt;
  if (!mode || !S_ISLNK(*mode)) return std::nullopt;
  std::error_code error;
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
