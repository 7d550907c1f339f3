#include "fs/ext4/xattrs.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/endian.h"
#include "base/text.h"
#include "fs/ext4/acl.h"

namespace kraken::ext4 {

namespace {

// Documentation/filesystems/ext4/attributes.rst: the magic number, an entry's head, the block's head, and the index of
// "system.", under which a file's inline data lies.
constexpr std::uint32_t kMagic = 0xea020000;
constexpr std::size_t kEntrySize = 16;
constexpr std::size_t kBlockHeaderSize = 32;
constexpr std::uint8_t kSystemIndex = 7;
constexpr std::string_view kInlineData = "system.data";

// The list of entries that begins at `at`; values lie at offsets from the start of `area`.
bool is_sound(std::span<const std::byte> area, std::size_t at) {
  while (true) {
    const auto head = read_le<std::uint32_t>(area, at);
    if (!head) return false;
    if (*head == 0) return true;  // the end of the list
    const auto name_length = read_le<std::uint8_t>(area, at);
    const auto index = read_le<std::uint8_t>(area, at + 1);
    const auto value_at = read_le<std::uint16_t>(area, at + 2);
    const auto value_inode = read_le<std::uint32_t>(area, at + 4);
    const auto value_size = read_le<std::uint32_t>(area, at + 8);
    if (!name_length || !index || !value_at || !value_inode || !value_size) return false;
    if (area.size() - at < kEntrySize + *name_length) return false;
    const std::string_view name = as_text(area.subspan(at + kEntrySize, *name_length));
    if (*value_inode == 0 && (*value_at > area.size() || *value_size > area.size() - *value_at)) return false;
    // The library reads inline data into a buffer that only what lies in the inode is sure to fit.
    if (*index == kSystemIndex && name == "data" && *value_inode != 0) return false;
    at += (kEntrySize + *name_length + 3) / 4 * 4;
  }
}

struct CloseHandle {
  void operator()(ext2_xattr_handle* handle) const { ext2fs_xattrs_close(&handle); }
};
using Handle = std::unique_ptr<ext2_xattr_handle, CloseHandle>;

// Null when the file system has no attributes at all.
Result<Handle> open_handle(Volume& volume, ext2_ino_t number) {
  ext2_xattr_handle* opened = nullptr;
  const errcode_t code = ext2fs_xattrs_open(volume.fs(), number, &opened);
  if (code == EXT2_ET_MISSING_EA_FEATURE) return Handle();
  KRAKEN_TRY(volume.check(code, "opening extended attributes"));
  Handle handle(opened);
  unsigned int flags = XATTR_HANDLE_FLAG_RAW;  // its own conversion of ACLs reads past their end
  KRAKEN_TRY(volume.check(ext2fs_xattrs_flags(opened, &flags, nullptr), "opening extended attributes"));
  KRAKEN_TRY(volume.check(ext2fs_xattrs_read(opened), "reading extended attributes"));
  return handle;
}

int collect(char* name, char* value, std::size_t length, void* data) {
  try {
    if (name != kInlineData) static_cast<Xattrs*>(data)->insert_or_assign(name, std::string(value, length));
    return 0;
  } catch (...) {
    return XATTR_ABORT;
  }
}

Result<Xattrs> raw_xattrs(Volume& volume, ext2_xattr_handle* handle) {
  Xattrs found;
  KRAKEN_TRY(volume.check(ext2fs_xattrs_iterate(handle, collect, &found), "reading extended attributes"));
  return found;
}

Result<Xattrs> to_disk(const Xattrs& xattrs) {
  KRAKEN_TRY(check_xattrs(xattrs));
  Xattrs raw = xattrs;
  for (auto& [name, value] : raw) {
    if (is_acl_name(name)) value = acl_to_disk(value).value_or("");
  }
  return raw;
}

// "ext_attr" is set by the kernel, too, when the first attribute is written.
Status enable_xattrs(Volume& volume) {
  ext2_super_block& super = *volume.fs()->super;
  if (super.s_rev_level == 0) {
    return Error(ErrorCode::kUnsupported, "an ext file system of revision 0 has no extended attributes");
  }
  if (ext2fs_has_feature_xattr(&super) == 0) {
    ext2fs_set_feature_xattr(&super);
    ext2fs_mark_super_dirty(volume.fs());
  }
  return ok_status();
}

}  // namespace

Status check_xattrs(const Xattrs& xattrs) {
  constexpr std::array<std::string_view, 3> kPrefixes{"user.", "trusted.", "security."};
  for (const auto& xattr : xattrs) {
    const auto& [name, value] = xattr;
    const auto is_prefix = [&xattr](std::string_view known) { return xattr.first.starts_with(known); };
    const auto prefix = std::ranges::find_if(kPrefixes, is_prefix);
    const bool fits = prefix != kPrefixes.end() && name.size() > prefix->size() &&
                      name.size() - prefix->size() <= 255 && !contains_nul(name);
    if (!fits && !is_acl_name(name)) {
      return Error(ErrorCode::kInvalidArgument, "extended attribute \"" + name +
                                                    "\": use user., trusted., security. or a POSIX ACL, and at most "
                                                    "255 bytes after that");
    }
    if (is_acl_name(name) && !acl_to_disk(value)) {
      return Error(ErrorCode::kInvalidArgument, "extended attribute \"" + name + "\" is not a POSIX ACL");
    }
  }
  return ok_status();
}

Status check_inode_xattrs(Volume& volume, ext2_ino_t number, Inode& inode) {
  const Error unsound = Volume::damaged("inode " + std::to_string(number) + " has broken extended attributes");
  const auto bytes = inode.bytes();
  const std::size_t extra = bytes.size() > 128 ? inode.fields().i_extra_isize : 0;
  if (extra % 4 != 0 || 128 + extra > bytes.size()) return unsound;
  if (extra != 0 && read_le<std::uint32_t>(bytes, 128 + extra) == kMagic && !is_sound(bytes.subspan(132 + extra), 0)) {
    return unsound;
  }
  ext2_filsys fs = volume.fs();
  const blk64_t block = ext2fs_file_acl_block(fs, inode.basic());
  if (block == 0) return ok_status();
  if (block < fs->super->s_first_data_block || block >= ext2fs_blocks_count(fs->super)) return unsound;
  std::vector<std::byte> content(fs->blocksize);
  KRAKEN_TRY(volume.check(io_channel_read_blk64(fs->io, block, 1, content.data()), "reading extended attributes"));
  return is_sound(content, kBlockHeaderSize) ? ok_status() : Status(unsound);
}

Result<Xattrs> read_xattrs(Volume& volume, ext2_ino_t number, Inode& inode) {
  KRAKEN_TRY(check_inode_xattrs(volume, number, inode));
  KRAKEN_ASSIGN(const Handle handle, open_handle(volume, number));
  if (handle == nullptr) return Xattrs();
  KRAKEN_ASSIGN(Xattrs found, raw_xattrs(volume, handle.get()));
  for (auto& [name, value] : found) {
    if (!is_acl_name(name)) continue;
    auto converted = acl_from_disk(value);
    if (!converted) return Volume::damaged("inode " + std::to_string(number) + " has a broken ACL");
    value = std::move(*converted);
  }
  return found;
}

// All are removed before any is set: the outcome does not depend on what was there.
Status replace_xattrs(Volume& volume, ext2_ino_t number, const Xattrs& wanted) {
  KRAKEN_ASSIGN(const Xattrs raw, to_disk(wanted));
  KRAKEN_ASSIGN(Inode inode, read_inode(volume, number));
  KRAKEN_TRY(check_inode_xattrs(volume, number, inode));
  if (!raw.empty()) KRAKEN_TRY(enable_xattrs(volume));
  KRAKEN_ASSIGN(const Handle handle, open_handle(volume, number));
  if (handle == nullptr) return ok_status();
  KRAKEN_ASSIGN(const Xattrs there, raw_xattrs(volume, handle.get()));
  if (there == raw) return ok_status();
  for (const auto& [name, value] : there) {
    KRAKEN_TRY(volume.check(ext2fs_xattr_remove(handle.get(), name.c_str()), "removing the attribute " + name));
  }
  for (const auto& [name, value] : raw) {
    KRAKEN_TRY(volume.check(ext2fs_xattr_set(handle.get(), name.c_str(), value.data(), value.size()),
                            "setting the attribute " + name));
  }
  return ok_status();
}

}  // namespace kraken::ext4
