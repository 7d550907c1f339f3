// What making a node's image changes, as data: every edit with the place its value comes from. Planning makes it from
// the configuration and the base; applying carries it out; `plan` prints it. Nothing is changed that is not listed
// here.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "block/block_source.h"
#include "config/origin.h"
#include "fs/fs_editor.h"

namespace kraken {

enum class EditKind { kWriteFile, kMakeFolder, kMakeLink, kRemove };

// Whether a file's content may be shown, logged or hashed into a receipt.
enum class Secrecy { kPublic, kSecret };

struct EditReason {
  std::string text;    // "host name", "cmdline.txt: add cgroup_enable=memory"
  Origin origin;       // where the value was written; default when the tool itself chose it
  std::string file{};  // of an overlay: which of its files it is, on this machine
};

struct Edit {
  EditKind kind = EditKind::kWriteFile;
  std::string path;                            // in the image, its own symbolic links resolved
  std::shared_ptr<const BlockSource> content;  // kWriteFile
  std::string target;                          // kMakeLink
  NodeAttributes attributes;
  Secrecy secrecy = Secrecy::kPublic;
  std::vector<EditReason> reasons;  // at least one
};

// The failure of an edit that an overlay asks for: with the overlay's origin and file, and kConfig where what it asks
// does not go with what the image has or can hold. The failure of any other edit as it is.
Error told_of_overlay(const Error& error, const EditReason& reason);

struct TablePlan {
  std::uint32_t old_disk_id = 0;
  std::uint32_t new_disk_id = 0;
  int root_partition = 0;
  Bytes old_root_size = 0;
  Bytes new_root_size = 0;
  EditReason size_reason;
};

struct NodePlan {
  std::uint32_t node_id = 0;
  std::string node_name;
  std::string system;    // "Debian GNU/Linux 12 (bookworm), arm64"
  Bytes image_size = 0;  // of the finished image
  Origin image_size_origin;
  TablePlan table;
  std::vector<Edit> edits;  // in the order they are carried out
  std::vector<std::string> warnings;
};

}  // namespace kraken
