#include "image/hidden_edits.h"

#include <array>
#include <string_view>

namespace kraken {

namespace {

// Mounted by systemd before it reads fstab (src/shared/mount-setup.c, mount_table).
constexpr std::array<std::string_view, 4> kOwnMounts = {"/proc", "/sys", "/dev", "/run"};

bool is_below(std::string_view path, std::string_view folder) {
  return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

// Where an edit ended up. Parts of the path may be gone again, if it removed something.
std::string place_of(const Edit& edit, ImageTree& tree) {
  const auto place = tree.resolve(edit.path, ImageTree::LastLink::kKeep);
  return place.ok() ? place->image_path : edit.path;
}

class EditPlace {
 public:
  EditPlace(const Edit& edit, const OsFacts& os, ImageTree& tree)
      : edit_(edit), boot_folder_(os.boot_folder), path_(place_of(edit, tree)) {}

  bool is_hidden_by(std::string_view folder) const {
    // The boot partition lies on top of what it is mounted in.
    const bool on_boot = is_below(path_, boot_folder_) && is_below(boot_folder_, folder);
    const bool on_folder = path_ == folder && edit_.kind != EditKind::kMakeFolder;
    return !on_boot && (on_folder || is_below(path_, folder));
  }

  Error hidden(const std::string& mounts, const std::string& todo) const {
    return Error(ErrorCode::kBaseImage, "the running system would not see " + path_ + " (" +
                                            edit_.reasons.front().text + "), because " + mounts + "; " + todo);
  }

 private:
  const Edit& edit_;
  const std::string& boot_folder_;
  std::string path_;
};

}  // namespace

Status refuse_hidden_edits(const std::vector<Edit>& edits, const OsFacts& os, ImageTree& tree) {
  for (const Edit& edit : edits) {
    const EditPlace place(edit, os, tree);
    for (const OtherMount& mount : os.other_mounts) {
      if (!place.is_hidden_by(mount.folder)) continue;
      return place.hidden("the image's /etc/fstab mounts " + mount.device + " at " + mount.folder,
                          "use a base image that has this folder in its root file system");
    }
    for (const std::string_view own : kOwnMounts) {
      if (!place.is_hidden_by(own)) continue;
      return place.hidden("it mounts a file system of its own at " + std::string(own),
                          "correct the link in the base image, or the path in the overlay, that leads there");
    }
  }
  return ok_status();
}

}  // namespace kraken
