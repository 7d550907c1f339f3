// The files of one image as the running node will see them: an ext4 root, and the FAT boot partition where it is
// mounted. Paths are absolute within the image and go through the image's own symbolic links, never out of the image.
//
// Owns neither editor; both must outlive it. Opens and closes nothing. One thread at a time. What lies on FAT has no
// owners, modes, xattrs or links: attributes given for it are dropped, a link there is kUnsupported.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fs/fs_editor.h"

namespace kraken {

class ImageTree {
 public:
  // `boot` may be null: then `boot_folder` ("/boot/firmware", "/boot") means nothing. A mount point that is itself
  // reached through links of the root is understood as mount(8) does.
  ImageTree(FsEditor& root, FsEditor* boot, std::string boot_folder);

  struct Place {
    FsEditor* fs = nullptr;
    std::string path;        // inside that file system
    std::string image_path;  // inside the image, without links on the way
  };
  // Whether a symbolic link that is the last part of a path is taken for what it points to, or for itself.
  enum class LastLink { kFollow, kKeep };

  // Where `path` leads. The last part need not exist, what comes before it must. ".." above the root is the root, as in
  // path_resolution(7); empty parts and "." are dropped, so a trailing slash changes nothing. kNotFound when a part is
  // missing or is no folder, kCorrupt after 40 links, kInvalidArgument for a path that is not absolute.
  Result<Place> resolve(std::string_view path, LastLink last = LastLink::kFollow);

  // The same for two paths exactly when they lead to the same place. Neither may have links on the way.
  std::string key_of(std::string_view image_path);

  Result<NodeInfo> stat(std::string_view path, LastLink last = LastLink::kFollow);
  // False also for a link that leads nowhere: stat it with kKeep to see the link. A loop of links is an error.
  Result<bool> exists(std::string_view path);
  Result<std::vector<DirEntry>> list(std::string_view path);
  Result<std::string> read_file(std::string_view path, Bytes limit);

  // The parent must exist. A link that is the path's last part is replaced, not followed, as rename(2) over it does.
  Status write_file(std::string_view path, const BlockSource& content, const NodeAttributes& attributes);
  // Makes the folder and its missing parents, all with `attributes`; folders that are there stay as they are. A link
  // whose target is missing has its target made. kAlreadyExists when a part is there and no folder.
  Status make_folders(std::string_view path, const NodeAttributes& attributes);
  // Replaces a file or link that is there. kUnsupported on the boot partition.
  Status make_symlink(std::string_view path, std::string_view target, const NodeAttributes& attributes);
  // Follows a last link, as chmod(1) does.
  Status set_attributes(std::string_view path, const NodeAttributes& attributes);
  // A file, a link (not what it points to) or an empty folder.
  Status remove(std::string_view path);

 private:
  struct Walk;
  enum class Mounts { kCross, kIgnore };

  Place place_of(const std::vector<std::string>& parts) const;
  Result<Place> walk(std::string_view path, LastLink last, Mounts mounts);
  Status step(Walk& walk, LastLink last);
  static Status follow(Walk& walk, const Place& link);
  void find_mount_point();
  // The place of something that may be made, replaced or removed: neither the root nor the mount point.
  Result<Place> changeable(std::string_view path);

  FsEditor& root_;
  FsEditor* boot_;
  std::string boot_folder_;              // as given
  std::vector<std::string> boot_parts_;  // where that leads in the root; valid once mount_found_
  bool mount_found_ = false;
};

}  // namespace kraken
