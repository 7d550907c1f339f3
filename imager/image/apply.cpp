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

Error explain(const Error& error, const Edit& edit, ImageTree& tree) {
  Error explained = error.with_context("putting " + edit.path + " into the image");
  if (error.code() != ErrorCode::kNoSpace) return explained;
  const auto place = tree.resolve(edit.path, ImageTree::LastLink::kKeep);
  if (!place.ok()) return explained;
  const SpaceInfo space = place->fs->space();
  return Error(ErrorCode::kNoSpace, explained.what() + ": the image's " + place->fs->type_name() + " file system \"" +
                                        place->fs->label() + "\" has " + human_bytes(space.free) + " free of " +
                                        human_bytes(space.total) +
                                        ": take something out of the overlays or use a base " + "with more room");
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
