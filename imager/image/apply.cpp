#include "image/apply.h"

namespace kraken {

namespace {

Status apply(const Edit& edit, ImageTree& tree) {
  switch (edit.kind) {
    case EditKind::kWriteFile:
      return tree.write_file(edit.path, *edit.content, edit.attributes);
    case EditKind::kMakeFolder:
      return tree.make_folders(edit.path, edit.attributes);
    case EditKind::kMakeLink:
      return tree.make_symlink(edit.path, edit.target, edit.attributes);
    case EditKind::kRemove:
      return tree.remove(edit.path);
  }
  return Error(ErrorCode::kInternal, "an edit of no known kind");
}

Error explain_full(const Error& error, const Edit& edit, ImageTree& tree) {
  const auto place = tree.resolve(edit.path, ImageTree::LastLink::kKeep);
  if (!place.ok()) return error;
  const SpaceInfo space = place->fs->space();
  const bool is_overlays = !edit.reasons.back().file.empty();
  const bool can_never_fit = is_overlays && edit.content != nullptr && edit.content->size() > space.total;
  return Error(can_never_fit ? ErrorCode::kConfig : ErrorCode::kNoSpace,
               error.what() + ": the image's " + place->fs->type_name() + " file system \"" + place->fs->label() +
                   "\" has " + human_bytes(space.free) + " free of " + human_bytes(space.total) +
                   ": take something out of the overlays or use a base with more room");
}

Error explain(const Error& error, const Edit& edit, ImageTree& tree) {
  Error explained = error.with_context("putting " + edit.path + " into the image");
  if (error.code() == ErrorCode::kNoSpace) explained = explain_full(explained, edit, tree);
  return told_of_overlay(explained, edit.reasons.back());
}

}  // namespace

Status apply_edits(const std::vector<Edit>& edits, ImageTree& tree) {
  for (const Edit& edit : edits) {
    const Status status = apply(edit, tree);
    if (!status.ok()) return explain(status.error(), edit, tree);
  }
  return ok_status();
}

}  // namespace kraken
