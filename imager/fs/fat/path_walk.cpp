#include "fs/fat/path_walk.h"

#include <algorithm>

#include "base/text.h"
#include "fs/fat/fat_error.h"

namespace kraken::fat {

namespace {

Error not_found(std::string_view name) {
  return Error(ErrorCode::kNotFound, "there is no \"" + std::string(name) + "\" on this FAT volume");
}

// `seen` holds the first cluster of every folder on the way down.
Result<Folder> step_into(Volume& volume, const Entry& entry, std::vector<std::uint32_t>& seen) {
  const std::uint32_t cluster = entry.record.first_cluster;
  if (cluster == kRootFolder || std::ranges::find(seen, cluster) != seen.end()) {
    return corrupt_volume("the folder \"" + entry.name + "\" contains itself");
  }
  seen.push_back(cluster);
  return Folder::load(volume, cluster);
}

}  // namespace

Result<std::vector<std::string>> split_path(std::string_view path) {
  if (path.empty() || path.front() != '/') {
    return Error(ErrorCode::kInvalidArgument, "the path \"" + std::string(path) + "\" does not start with a slash");
  }
  std::vector<std::string> parts = split(path, '/');
  std::erase(parts, "");
  const auto is_relative = [](const std::string& part) { return part == "." || part == ".."; };
  if (std::ranges::any_of(parts, is_relative)) {
    return Error(ErrorCode::kInvalidArgument, "the path \"" + std::string(path) + "\" has a part \".\" or \"..\"");
  }
  return parts;
}

Result<Folder> open_folder(Volume& volume, const std::vector<std::string>& parts) {
  KRAKEN_ASSIGN(Folder folder, Folder::load(volume, kRootFolder));
  std::vector<std::uint32_t> seen = {first_cluster(folder.chain())};
  for (const std::string& part : parts) {
    const Entry* entry = folder.find(part);
    if (entry == nullptr) return not_found(part);
    if (!entry->record.is_folder()) return Error(ErrorCode::kNotFound, "\"" + part + "\" is a file, not a folder");
    KRAKEN_ASSIGN(folder, step_into(volume, Entry(*entry), seen));
  }
  return folder;
}

Result<Located> locate(Volume& volume, std::string_view path) {
  KRAKEN_ASSIGN(std::vector<std::string> parts, split_path(path));
  if (parts.empty()) return Error(ErrorCode::kInvalidArgument, "this cannot be done to the root folder");
  const std::string name = std::move(parts.back());
  parts.pop_back();
  KRAKEN_ASSIGN(Folder parent, open_folder(volume, parts));
  const Entry* entry = parent.find(name);
  std::optional<Entry> found;
  if (entry != nullptr) found = *entry;
  return Located{std::move(parent), name, std::move(found)};
}

Result<Located> locate_existing(Volume& volume, std::string_view path) {
  KRAKEN_ASSIGN(Located at, locate(volume, path));
  if (!at.entry) return not_found(at.name);
  return at;
}

}  // namespace kraken::fat
