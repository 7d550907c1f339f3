#include "fs/image_tree.h"

#include <algorithm>
#include <deque>

#include "base/text.h"

namespace kraken {

namespace {

// Linux follows at most 40 links in one path: MAXSYMLINKS, path_resolution(7).
constexpr int kMaxLinks = 40;

std::vector<std::string> parts_of(std::string_view path) {
  std::vector<std::string> parts;
  for (std::string& part : split(path, '/')) {
    if (!part.empty() && part != ".") parts.push_back(std::move(part));
  }
  return parts;
}

std::string path_of(std::span<const std::string> parts) {
  return "/" + join(parts, "/");
}

Status check_path(std::string_view path) {
  if (path.empty() || path.front() != '/') {
    return Error(ErrorCode::kInvalidArgument,
                 "\"" + std::string(path) + "\" is no path inside an image: begin it with \"/\"");
  }
  if (contains_nul(path)) {
    return Error(ErrorCode::kInvalidArgument, "a path inside an image contains a zero byte: remove it");
  }
  return ok_status();
}

// An editor names the path inside its file system; say where that is in the image when the two differ.
template <typename Outcome>
Outcome in_image(Outcome outcome, const ImageTree::Place& place) {
  if (outcome.ok() || place.path == place.image_path) return outcome;
  return std::move(outcome).with_context(place.image_path);
}

}  // namespace

struct ImageTree::Walk {
  std::vector<std::string> done;  // no links in it
  std::deque<std::string> ahead;
  int links = 0;
  Mounts mounts = Mounts::kCross;
};

ImageTree::ImageTree(FsEditor& root, FsEditor* boot, std::string boot_folder)
    : root_(root), boot_(boot), boot_folder_(std::move(boot_folder)) {}

// Found at the first use, not in the constructor, which cannot fail. A folder that does not exist (yet) in the root is
// taken as it was given.
void ImageTree::find_mount_point() {
  if (boot_ == nullptr || mount_found_) return;
  mount_found_ = true;
  boot_parts_ = parts_of(boot_folder_);
  auto place = walk(path_of(boot_parts_), LastLink::kFollow, Mounts::kIgnore);
  if (place.ok()) boot_parts_ = parts_of(place->image_path);
}

ImageTree::Place ImageTree::place_of(const std::vector<std::string>& parts) const {
  std::string image_path = path_of(parts);
  const bool on_boot = boot_ != nullptr && parts.size() >= boot_parts_.size() &&
                       std::equal(boot_parts_.begin(), boot_parts_.end(), parts.begin());
  if (!on_boot) return {&root_, image_path, image_path};
  return {boot_, path_of(std::span(parts).subspan(boot_parts_.size())), std::move(image_path)};
}

// Puts the target of the link that `done` ends with in its place.
Status ImageTree::follow(Walk& walk, const Place& link) {
  if (++walk.links > kMaxLinks) {
    return Error(ErrorCode::kCorrupt, link.image_path + ": too many symbolic links (a loop?) in the image");
  }
  KRAKEN_ASSIGN(const std::string target, in_image(link.fs->read_link(link.path), link));
  if (target.empty() || contains_nul(target)) {
    return Error(ErrorCode::kCorrupt, link.image_path + ": the symbolic link has an impossible target");
  }
  if (target.front() == '/') {
    walk.done.clear();
  } else {
    walk.done.pop_back();
  }
  const auto parts = parts_of(target);
  walk.ahead.insert(walk.ahead.begin(), parts.begin(), parts.end());
  return ok_status();
}

// Takes the next part from `ahead`: either it becomes the last one of `done`, or, a link, it is replaced by its target.
Status ImageTree::step(Walk& walk, LastLink last) {
  const std::string part = std::move(walk.ahead.front());
  walk.ahead.pop_front();
  if (part == "..") {
    if (!walk.done.empty()) walk.done.pop_back();
    return ok_status();
  }
  walk.done.push_back(part);
  const bool is_last = walk.ahead.empty();
  const Place here =
      walk.mounts == Mounts::kCross ? place_of(walk.done) : Place{&root_, path_of(walk.done), path_of(walk.done)};
  if (here.fs == boot_ && here.path == "/") return ok_status();
  const auto info = in_image(here.fs->stat(here.path), here);
  if (!info.ok()) {
    return is_last && info.error().code() == ErrorCode::kNotFound ? ok_status() : Status(info.error());
  }
  if (info->type == NodeType::kSymlink && (!is_last || last == LastLink::kFollow)) return follow(walk, here);
  if (!is_last && info->type != NodeType::kFolder) {
    return Error(ErrorCode::kNotFound, here.image_path + " is not a folder, so nothing lies in it");
  }
  return ok_status();
}

Result<ImageTree::Place> ImageTree::walk(std::string_view path, LastLink last, Mounts mounts) {
  KRAKEN_TRY(check_path(path));
  const auto parts = parts_of(path);
  Walk walk{{}, {parts.begin(), parts.end()}, 0, mounts};
  while (!walk.ahead.empty()) KRAKEN_TRY(step(walk, last));
  if (mounts == Mounts::kIgnore) return Place{&root_, path_of(walk.done), path_of(walk.done)};
  return place_of(walk.done);
}

Result<ImageTree::Place> ImageTree::resolve(std::string_view path, LastLink last) {
  find_mount_point();
  return walk(path, last, Mounts::kCross);
}

std::string ImageTree::key_of(std::string_view image_path) {
  find_mount_point();
  const Place place = place_of(parts_of(image_path));
  if (place.path == "/") return place.image_path;
  const std::string mount = place.image_path.substr(0, place.image_path.size() - place.path.size());
  return mount + place.fs->path_key(place.path);
}

Result<ImageTree::Place> ImageTree::changeable(std::string_view path) {
  KRAKEN_ASSIGN(Place place, resolve(path, LastLink::kKeep));
  if (place.path == "/") {
    return Error(
        ErrorCode::kAlreadyExists,
        place.image_path + " is where a file system of the image is mounted: it cannot be replaced or removed");
  }
  return place;
}

Result<NodeInfo> ImageTree::stat(std::string_view path, LastLink last) {
  KRAKEN_ASSIGN(const Place place, resolve(path, last));
  return in_image(place.fs->stat(place.path), place);
}

Result<bool> ImageTree::exists(std::string_view path) {
  const auto info = stat(path);
  if (info.ok()) return true;
  if (info.error().code() == ErrorCode::kNotFound) return false;
  return info.error();
}

Result<std::vector<DirEntry>> ImageTree::list(std::string_view path) {
  KRAKEN_ASSIGN(const Place place, resolve(path));
  return in_image(place.fs->list(place.path), place);
}

Result<std::string> ImageTree::read_file(std::string_view path, Bytes limit) {
  KRAKEN_ASSIGN(const Place place, resolve(path));
  return in_image(place.fs->read_file(place.path, limit), place);
}

Status ImageTree::write_file(std::string_view path, const BlockSource& content, const NodeAttributes& attributes) {
  KRAKEN_ASSIGN(const Place place, changeable(path));
  return in_image(place.fs->write_file(place.path, content, attributes), place);
}

Status ImageTree::make_folders(std::string_view path, const NodeAttributes& attributes) {
  KRAKEN_TRY(check_path(path));
  std::string so_far;
  for (const std::string& part : parts_of(path)) {
    so_far += "/" + part;
    KRAKEN_ASSIGN(const Place place, resolve(so_far));
    const auto info = in_image(place.fs->stat(place.path), place);
    if (!info.ok() && info.error().code() != ErrorCode::kNotFound) return info.error();
    if (!info.ok()) {
      KRAKEN_TRY(in_image(place.fs->make_folder(place.path, attributes), place));
    } else if (info->type != NodeType::kFolder) {
      return Error(ErrorCode::kAlreadyExists, place.image_path + " is there and is not a folder");
    }
  }
  return ok_status();
}

Status ImageTree::make_symlink(std::string_view path, std::string_view target, const NodeAttributes& attributes) {
  KRAKEN_ASSIGN(const Place place, changeable(path));
  if (place.fs == boot_) {
    return Error(ErrorCode::kUnsupported, place.image_path + ": the boot partition (" + boot_->type_name() +
                                              ") holds no symbolic links: use a copy of " + std::string(target));
  }
  return place.fs->make_symlink(place.path, target, attributes);
}

Status ImageTree::set_attributes(std::string_view path, const NodeAttributes& attributes) {
  KRAKEN_ASSIGN(const Place place, resolve(path));
  return in_image(place.fs->set_attributes(place.path, attributes), place);
}

Status ImageTree::remove(std::string_view path) {
  KRAKEN_ASSIGN(const Place place, changeable(path));
  return in_image(place.fs->remove(place.path), place);
}

}  // namespace kraken
