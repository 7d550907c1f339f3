#include "image/os_read.h"

#include "image/os_text.h"

namespace kraken {

Result<std::optional<std::string>> read_os_text(ImageTree& tree, std::string_view path) {
  auto text = tree.read_file(path, kMaxOsText);
  if (!text.ok() && text.error().code() == ErrorCode::kNotFound) return std::optional<std::string>();
  if (!text.ok()) return text.error().recode(ErrorCode::kBaseImage);
  KRAKEN_TRY(check_os_text(*text, path).recode(ErrorCode::kBaseImage));
  return std::optional<std::string>(std::move(*text));
}

Result<bool> is_there(ImageTree& tree, std::string_view path) {
  const auto info = tree.stat(path, ImageTree::LastLink::kKeep);
  if (info.ok()) return true;
  if (info.error().code() == ErrorCode::kNotFound) return false;
  return info.error().recode(ErrorCode::kBaseImage);
}

Result<std::vector<std::string>> names_in(ImageTree& tree, std::string_view path) {
  const auto info = tree.stat(path);
  const bool missing = !info.ok() && info.error().code() == ErrorCode::kNotFound;
  if (missing || (info.ok() && info->type != NodeType::kFolder)) return std::vector<std::string>();
  const auto entries = tree.list(path);
  if (!entries.ok()) return entries.error().recode(ErrorCode::kBaseImage);
  std::vector<std::string> names;
  for (const DirEntry& entry : *entries) names.push_back(entry.name);
  return names;
}

Error unusable_image(std::string_view what, std::string_view why, std::string_view todo) {
  return Error(ErrorCode::kBaseImage, std::string(what) + ", because " + std::string(why) + "; " + std::string(todo));
}

}  // namespace kraken
