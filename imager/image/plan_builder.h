// Collects the edits of a node's image while reading the image as it is: several changes of one file become one edit
// with several reasons, a change that would leave a file as it is becomes none. Reads the tree, never writes it; the
// tree must outlive the builder.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fs/image_tree.h"
#include "image/edit.h"

namespace kraken {

class PlanBuilder {
 public:
  explicit PlanBuilder(ImageTree& tree) : tree_(tree) {}

  // The text as planned so far, or as the image has it. kNotFound when there is neither; kCorrupt over 1 MiB.
  Result<std::string> text_of(std::string_view path);
  bool exists(std::string_view path);

  // Replaces what is there, a link too.
  Status write(std::string_view path, std::string_view text, EditReason reason, const NodeAttributes& attributes,
               Secrecy secrecy = Secrecy::kPublic);
  Status write_source(std::string_view path, std::shared_ptr<const BlockSource> content, EditReason reason,
                      const NodeAttributes& attributes);
  // `change` gets the text (empty when there is no file) and gives the new one. A link is followed; owner, mode and
  // extended attributes of the file stay.
  Status edit_text(std::string_view path, const EditReason& reason,
                   const std::function<Result<std::string>(const std::string&)>& change,
                   Secrecy secrecy = Secrecy::kPublic);
  // Nothing when the folder is there already; kAlreadyExists when something else is.
  Status make_folder(std::string_view path, EditReason reason, const NodeAttributes& attributes);
  Status link(std::string_view path, std::string_view target, EditReason reason,
              NodeAttributes attributes = {.mode = 0777, .uid = 0, .gid = 0, .xattrs = {}});
  // Nothing when there is no such file.
  Status remove(std::string_view path, EditReason reason);

  // From now on an edit of a path that is already planned is kConfig: overlays may not fight the tool's own edits.
  void close_planned_paths();

  // The edits in the order of their paths (on FAT in capitals), without those that would change nothing. The builder is
  // empty afterwards.
  Result<std::vector<Edit>> take();

 private:
  // The path with the image's symbolic links resolved, as far as it exists.
  Result<std::string> canonical(std::string_view path, ImageTree::LastLink last = ImageTree::LastLink::kKeep);
  // kAlreadyExists when a folder is planned there, kConfig also when the path is planned in another spelling: on FAT
  // the last one would win in silence.
  Status add(Edit edit);
  const Edit* planned(const std::string& path);
  Status check_folder_there(const std::string& path);
  Result<NodeAttributes> attributes_there(const std::string& path);
  Result<bool> is_as_planned(const Edit& edit);
  Status check_not_closed(const Edit& edit);

  ImageTree& tree_;
  // By ImageTree::key_of() of their paths: parents come before what is in them.
  std::map<std::string, Edit> edits_;
  std::map<std::string, std::string> closed_;  // the first reason of the edit
};

}  // namespace kraken
