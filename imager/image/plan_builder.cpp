#include "image/plan_builder.h"

#include <algorithm>

#include "block/memory.h"

namespace kraken {

namespace {

constexpr Bytes kMaxText = kMiB;

Result<std::string> content_text(const BlockSource& content) {
  if (content.size() > kMaxText) return Error(ErrorCode::kCorrupt, "too large for a text file");
  std::string text(content.size(), '\0');
  KRAKEN_TRY(content.read(0, std::as_writable_bytes(std::span(text))));
  return text;
}

}  // namespace

Result<std::string> PlanBuilder::canonical(std::string_view path, ImageTree::LastLink last) {
  auto place = tree_.resolve(path, last);
  if (place.ok()) return std::move(place->image_path);
  const std::size_t slash = path.rfind('/');
  if (place.error().code() != ErrorCode::kNotFound || slash == std::string_view::npos || path == "/")
    return place.error();
  KRAKEN_ASSIGN(std::string parent, canonical(slash == 0 ? "/" : path.substr(0, slash)));
  if (parent == "/") parent.clear();
  return parent + std::string(path.substr(slash));
}

const Edit* PlanBuilder::planned(const std::string& path) {
  const auto found = edits_.find(tree_.key_of(path));
  return found == edits_.end() ? nullptr : &found->second;
}

Result<std::string> PlanBuilder::text_of(std::string_view path) {
  KRAKEN_ASSIGN(const std::string key, canonical(path, ImageTree::LastLink::kFollow));
  const Edit* edit = planned(key);
  if (edit == nullptr) return tree_.read_file(path, kMaxText);
  if (edit->kind != EditKind::kWriteFile) return Error(ErrorCode::kNotFound, key + " will not be a file");
  return content_text(*edit->content);
}

bool PlanBuilder::exists(std::string_view path) {
  const auto key = canonical(path);
  if (key.ok()) {
    if (const Edit* edit = planned(*key)) return edit->kind != EditKind::kRemove;
  }
  const auto there = tree_.exists(path);
  return there.ok() && *there;
}

Result<NodeAttributes> PlanBuilder::attributes_there(const std::string& path) {
  const Edit* edit = planned(path);
  if (edit != nullptr && edit->kind == EditKind::kWriteFile) return edit->attributes;
  auto info = tree_.stat(path, ImageTree::LastLink::kKeep);
  if (info.ok() && info->type == NodeType::kFile) return std::move(info->attributes);
  if (info.ok() || info.error().code() == ErrorCode::kNotFound) return NodeAttributes{};
  return info.error();
}

// A file that already has content and attributes is left alone, so that a plan lists changes only.
Result<bool> PlanBuilder::is_as_planned(const Edit& edit) {
  const auto info = tree_.stat(edit.path, ImageTree::LastLink::kKeep);
  if (!info.ok()) return info.error().code() == ErrorCode::kNotFound ? Result<bool>(false) : info.error();
  if (edit.kind == EditKind::kMakeLink) {
    if (info->type != NodeType::kSymlink) return false;
    KRAKEN_ASSIGN(const ImageTree::Place place, tree_.resolve(edit.path, ImageTree::LastLink::kKeep));
    KRAKEN_ASSIGN(const std::string target, place.fs->read_link(place.path));
    return target == edit.target;
  }
  if (info->type != NodeType::kFile || info->attributes != edit.attributes) return false;
  if (info->size != edit.content->size() || info->size > kMaxText) return false;
  KRAKEN_ASSIGN(const std::string old_text, tree_.read_file(edit.path, kMaxText));
  KRAKEN_ASSIGN(const std::string new_text, content_text(*edit.content));
  return old_text == new_text;
}

Status PlanBuilder::check_not_closed(const Edit& edit) {
  const auto owner = closed_.find(tree_.key_of(edit.path));
  if (owner == closed_.end()) return ok_status();
  return Error(ErrorCode::kConfig, edit.reasons.front().text + " changes " + edit.path +
                                       ", which kraken-image writes itself (" + owner->second +
                                       "): take it out of the overlay and use the settings of the profile");
}

Status PlanBuilder::add(Edit edit) {
  KRAKEN_TRY(check_not_closed(edit));
  const auto [place, is_new] = edits_.try_emplace(tree_.key_of(edit.path));
  if (!is_new) {
    const Edit& before = place->second;
    if (before.path != edit.path) {
      return Error(ErrorCode::kConfig, edit.path + " and " + before.path + " (" + before.reasons.back().text +
                                           ") are the same name on the boot partition, which does not tell capital "
                                           "letters from small ones: rename one of them");
    }
    if (before.kind == EditKind::kMakeFolder && edit.kind != EditKind::kMakeFolder) {
      return Error(ErrorCode::kAlreadyExists,
                   edit.path + " will be a folder (" + before.reasons.back().text + "), and nothing else");
    }
    edit.reasons.insert(edit.reasons.begin(), before.reasons.begin(), before.reasons.end());
  }
  place->second = std::move(edit);
  return ok_status();
}

Status PlanBuilder::write(std::string_view path, std::string_view text, EditReason reason,
                          const NodeAttributes& attributes, Secrecy secrecy) {
  KRAKEN_ASSIGN(std::string key, canonical(path));
  return add({.kind = EditKind::kWriteFile,
              .path = std::move(key),
              .content = std::make_shared<MemoryStore>(text),
              .target = {},
              .attributes = attributes,
              .secrecy = secrecy,
              .reasons = {std::move(reason)}});
}

Status PlanBuilder::write_source(std::string_view path, std::shared_ptr<const BlockSource> content, EditReason reason,
                                 const NodeAttributes& attributes) {
  KRAKEN_ASSIGN(std::string key, canonical(path));
  return add({.kind = EditKind::kWriteFile,
              .path = std::move(key),
              .content = std::move(content),
              .target = {},
              .attributes = attributes,
              .secrecy = Secrecy::kPublic,
              .reasons = {std::move(reason)}});
}

Status PlanBuilder::edit_text(std::string_view path, const EditReason& reason,
                              const std::function<Result<std::string>(const std::string&)>& change, Secrecy secrecy) {
  auto text = text_of(path);
  if (!text.ok() && text.error().code() != ErrorCode::kNotFound) return text.error();
  const std::string old_text = text.ok() ? *text : std::string();
  KRAKEN_ASSIGN(const std::string new_text, change(old_text).with_context(std::string(path)));
  if (text.ok() && new_text == old_text) return ok_status();
  KRAKEN_ASSIGN(const std::string key, canonical(path, ImageTree::LastLink::kFollow));
  KRAKEN_ASSIGN(const NodeAttributes attributes, attributes_there(key));
  return write(key, new_text, reason, attributes, secrecy);
}

// What a planned link will lead to is not looked into.
Status PlanBuilder::check_folder_there(const std::string& path) {
  const Edit* edit = planned(path);
  bool is_folder = edit != nullptr && edit->kind != EditKind::kWriteFile;
  if (edit == nullptr) {
    KRAKEN_ASSIGN(const NodeInfo info, tree_.stat(path));
    is_folder = info.type == NodeType::kFolder;
  }
  if (is_folder) return ok_status();
  return Error(ErrorCode::kAlreadyExists, path + " is there and is not a folder");
}

Status PlanBuilder::make_folder(std::string_view path, EditReason reason, const NodeAttributes& attributes) {
  KRAKEN_ASSIGN(std::string key, canonical(path));
  if (exists(path)) return check_folder_there(key);
  return add({.kind = EditKind::kMakeFolder,
              .path = std::move(key),
              .content = nullptr,
              .target = {},
              .attributes = attributes,
              .secrecy = Secrecy::kPublic,
              .reasons = {std::move(reason)}});
}

Status PlanBuilder::link(std::string_view path, std::string_view target, EditReason reason, NodeAttributes attributes) {
  KRAKEN_ASSIGN(std::string key, canonical(path));
  return add({.kind = EditKind::kMakeLink,
              .path = std::move(key),
              .content = nullptr,
              .target = std::string(target),
              .attributes = std::move(attributes),
              .secrecy = Secrecy::kPublic,
              .reasons = {std::move(reason)}});
}

Status PlanBuilder::remove(std::string_view path, EditReason reason) {
  KRAKEN_ASSIGN(std::string key, canonical(path));
  const auto info = tree_.stat(key, ImageTree::LastLink::kKeep);
  if (!info.ok()) return info.error().code() == ErrorCode::kNotFound ? ok_status() : Status(info.error());
  return add({.kind = EditKind::kRemove,
              .path = std::move(key),
              .content = nullptr,
              .target = {},
              .attributes = {},
              .secrecy = Secrecy::kPublic,
              .reasons = {std::move(reason)}});
}

void PlanBuilder::close_planned_paths() {
  for (const auto& [path, edit] : edits_) {
    if (edit.kind != EditKind::kMakeFolder) closed_[path] = edit.reasons.front().text;
  }
}

Result<std::vector<Edit>> PlanBuilder::take() {
  std::vector<Edit> edits;
  for (auto& [path, edit] : edits_) {
    if (edit.kind == EditKind::kWriteFile || edit.kind == EditKind::kMakeLink) {
      KRAKEN_ASSIGN(const bool unchanged, is_as_planned(edit));
      if (unchanged) continue;
    }
    edits.push_back(std::move(edit));
  }
  edits_.clear();
  return edits;
}

}  // namespace kraken
