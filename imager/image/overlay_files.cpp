#include "image/overlay_files.h"

#include <fnmatch.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <algorithm>
#include <filesystem>

#include "base/text.h"
#include "block/file_source.h"
#include "block/memory.h"
#include "sys/files.h"

namespace kraken {

namespace {

namespace stdfs = std::filesystem;

constexpr Bytes kMaxTemplate = kMiB;

struct Entry {
  std::string relative;  // "rootfs/etc/motd"
  stdfs::path local;
};

// Attributes that mean something on another machine. SELinux labels and the like belong to this one.
bool travels(std::string_view name) {
  return name.starts_with("user.") || name == "security.capability";
}

std::vector<std::string> xattr_names(const stdfs::path& file) {
  const ssize_t length = ::llistxattr(file.c_str(), nullptr, 0);
  if (length <= 0) return {};  // none, or a file system without them
  std::string names(static_cast<std::size_t>(length), '\0');
  if (::llistxattr(file.c_str(), names.data(), names.size()) != length) return {};
  return split(names, '\0');
}

std::map<std::string, std::string> local_xattrs(const stdfs::path& file) {
  std::map<std::string, std::string> found;
  for (const std::string& name : xattr_names(file)) {
    if (!travels(name)) continue;
    const ssize_t size = ::lgetxattr(file.c_str(), name.c_str(), nullptr, 0);
    if (size < 0) continue;
    std::string value(static_cast<std::size_t>(size), '\0');
    if (::lgetxattr(file.c_str(), name.c_str(), value.data(), value.size()) == size) found[name] = value;
  }
  return found;
}

Result<std::vector<Entry>> entries_of(const stdfs::path& folder) {
  std::vector<Entry> entries;
  for (const char* part : {"rootfs", "boot"}) {
    std::error_code error;
    if (!stdfs::is_directory(folder / part, error)) continue;
    stdfs::recursive_directory_iterator walk(folder / part, error);
    for (; !error && walk != stdfs::recursive_directory_iterator(); walk.increment(error)) {
      entries.push_back({walk->path().lexically_relative(folder).string(), walk->path()});
    }
    if (error) return Error::from_errno(error.value(), "read the overlay " + (folder / part).string());
  }
  std::ranges::sort(entries, {}, &Entry::relative);
  return entries;
}

const OverlayRule* last_match(const std::vector<OverlayRule>& rules, const std::string& path, std::vector<bool>& used) {
  const OverlayRule* match = nullptr;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (::fnmatch(rules[i].path.c_str(), path.c_str(), FNM_PATHNAME) != 0) continue;
    used[i] = true;
    match = &rules[i];
  }
  return match;
}

Result<struct stat> local_info(const stdfs::path& file) {
  struct stat info = {};
  if (::lstat(file.c_str(), &info) != 0) return Error::from_errno(errno, "stat " + file.string());
  return info;
}

bool is_private(NodeType type, mode_t mode) {
  return (mode & (type == NodeType::kFolder ? S_IRWXG | S_IRWXO : S_IRGRP | S_IROTH)) == 0;
}

// Of the local mode no more is taken over than what somebody meant by it: whether the umask was 002 or 022 shall not
// make other images. That a key file is its owner's alone was meant.
std::uint32_t default_mode(NodeType type, mode_t mode) {
  if (type == NodeType::kSymlink) return 0777;
  const bool executable = type == NodeType::kFolder || (mode & S_IXUSR) != 0;
  return (executable ? 0755U : 0644U) & (is_private(type, mode) ? 0700U : 0777U);
}

NodeAttributes attributes_of(const Entry& entry, NodeType type, mode_t mode, const OverlayRule* rule) {
  NodeAttributes attributes;
  attributes.mode = default_mode(type, mode);
  if (type == NodeType::kFile) attributes.xattrs = local_xattrs(entry.local);
  if (rule != nullptr) {
    attributes.mode = rule->mode.value_or(attributes.mode);
    attributes.uid = rule->uid.value_or(0);
    attributes.gid = rule->gid.value_or(0);
  }
  return attributes;
}

// What somebody may count on and does not get.
std::string warning_about(const Entry& entry, mode_t local_mode, const OverlayRule* rule, const NodeAttributes& given) {
  std::vector<std::string> lost;
  const bool is_meant = rule != nullptr && rule->mode;
  if (!is_meant && (local_mode & (S_ISUID | S_ISGID)) != 0) lost.emplace_back("the set-user-ID or set-group-ID bit");
  const auto is_acl = [](const std::string& name) { return name.starts_with("system.posix_acl_"); };
  if (std::ranges::any_of(xattr_names(entry.local), is_acl)) lost.emplace_back("the access control list");
  if (entry.relative.starts_with("boot/") && is_private(NodeType::kFile, given.mode)) {
    lost.emplace_back("that nobody else may read it (the boot partition keeps no modes)");
  }
  if (lost.empty()) return {};
  return entry.local.string() + ": left out on the node: " + join(lost, ", ") +
         "; say in overlay.yaml what mode is meant";
}

Result<std::shared_ptr<const BlockSource>> content_of(const Entry& entry, const OverlayRule* rule,
                                                      const TemplateValues& values) {
  if (rule != nullptr && rule->is_template) {
    KRAKEN_ASSIGN(const std::string text, read_whole_file(entry.local, kMaxTemplate));
    KRAKEN_ASSIGN(const std::string rendered, render_template(text, values, entry.local.string()));
    return std::shared_ptr<const BlockSource>(std::make_shared<MemoryStore>(rendered));
  }
  KRAKEN_ASSIGN(auto source, FileSource::open(entry.local));
  return std::shared_ptr<const BlockSource>(std::move(source));
}

std::string image_path(const std::string& relative, const std::string& boot_folder) {
  if (relative.starts_with("rootfs/")) return relative.substr(std::string("rootfs").size());
  return boot_folder + relative.substr(std::string("boot").size());
}

Result<NodeType> type_of(const Entry& entry) {
  std::error_code error;
  const stdfs::file_status status = stdfs::symlink_status(entry.local, error);
  if (error) return Error::from_errno(error.value(), "stat " + entry.local.string());
  switch (status.type()) {
    case stdfs::file_type::regular:
      return NodeType::kFile;
    case stdfs::file_type::directory:
      return NodeType::kFolder;
    case stdfs::file_type::symlink:
      return NodeType::kSymlink;
    default:
      return Error(ErrorCode::kConfig, entry.local.string() +
                                           " is neither a file, a folder nor a symbolic link: an "
                                           "overlay may hold nothing else");
  }
}

Result<OverlayFile> overlay_file(const Entry& entry, const OverlayRule* rule, const TemplateValues& values) {
  OverlayFile file;
  file.local = entry.local;
  KRAKEN_ASSIGN(file.type, type_of(entry));
  KRAKEN_ASSIGN(const struct stat info, local_info(entry.local));
  file.attributes = attributes_of(entry, file.type, info.st_mode, rule);
  if (file.type == NodeType::kSymlink) file.target = stdfs::read_symlink(entry.local).string();
  if (file.type == NodeType::kFile) {
    KRAKEN_ASSIGN(file.content, content_of(entry, rule, values));
    file.warning = warning_about(entry, info.st_mode, rule, file.attributes);
  }
  return file;
}

}  // namespace

Result<std::vector<OverlayFile>> read_overlay_files(const OverlayDescription& overlay, const Origin& named_at,
                                                    const std::string& boot_folder, const TemplateValues& values) {
  KRAKEN_ASSIGN(const std::vector<Entry> entries, entries_of(overlay.folder));
  std::vector<bool> used(overlay.rules.size());
  std::vector<OverlayFile> files;
  for (const Entry& entry : entries) {
    if (entry.relative == "rootfs" || entry.relative == "boot") continue;
    const OverlayRule* rule = last_match(overlay.rules, entry.relative, used);
    KRAKEN_ASSIGN(OverlayFile file, overlay_file(entry, rule, values));
    file.path = image_path(entry.relative, boot_folder);
    file.origin = rule != nullptr ? rule->origin : named_at;
    files.push_back(std::move(file));
  }
  for (std::size_t i = 0; i < used.size(); ++i) {
    if (used[i]) continue;
    const OverlayRule& rule = overlay.rules[i];
    return Error(ErrorCode::kConfig, rule.origin.text() + ": no file of the overlay matches \"" + rule.path + "\"");
  }
  return files;
}

}  // namespace kraken
