// Reads a tree of files as the system that boots from it sees them: absolute links, and links with too many "..", lead
// to places inside the root folder, never out of it. Reading never changes anything.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace kraken {

class RootTree {
 public:
  explicit RootTree(std::filesystem::path root) : root_(std::move(root)) {}

  // A path of this machine, without links below the root; nothing when there is nothing, or only a loop of links.
  std::optional<std::filesystem::path> resolve(std::string_view path) const { return walk(path, Last::kFollow); }
  bool exists(std::string_view path) const { return resolve(path).has_value(); }
  bool is_file(std::string_view path) const;
  // Not everybody may read it.
  bool is_secret(std::string_view path) const;
  // What the link at this very path says; nothing when it is no link.
  std::optional<std::string> link_text(std::string_view path) const;
  // Sorted; none when there is no such folder.
  std::vector<std::string> names(std::string_view folder) const;
  // kNotFound when there is none, kCorrupt when it is too large for a configuration file, kUnsupported for a device.
  Result<std::string> read(std::string_view path) const;

 private:
  enum class Last { kFollow, kKeep };
  std::optional<std::filesystem::path> walk(std::string_view path, Last last) const;

  std::filesystem::path root_;
};

}  // namespace kraken
