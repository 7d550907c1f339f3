#include "fs/ext4/acl.h"

#include <cstdint>
#include <span>

#include "base/endian.h"
#include "base/text.h"

namespace kraken::ext4 {

namespace {

constexpr std::uint32_t kUserVersion = 2;    // POSIX_ACL_XATTR_VERSION
constexpr std::uint32_t kDiskVersion = 1;    // EXT4_ACL_VERSION
constexpr std::uint32_t kNoId = 0xffffffff;  // ACL_UNDEFINED_ID
constexpr std::uint16_t kNamedUser = 0x02;   // ACL_USER
constexpr std::uint16_t kNamedGroup = 0x08;  // ACL_GROUP
constexpr std::size_t kHeaderSize = 4;
constexpr std::size_t kShortEntrySize = 4;
constexpr std::size_t kEntrySize = 8;

bool is_known(std::uint16_t tag) {
  return tag == 0x01 || tag == kNamedUser || tag == 0x04 || tag == kNamedGroup || tag == 0x10 || tag == 0x20;
}
bool has_id(std::uint16_t tag) {
  return tag == kNamedUser || tag == kNamedGroup;
}

template <typename T>
void append(std::string& out, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i) out.push_back(static_cast<char>((value >> (8 * i)) & 0xff));
}

enum class Form { kUser, kDisk };

std::optional<std::string> convert(std::string_view from, Form form) {
  const auto bytes = as_bytes(from);
  const bool to_disk = form == Form::kUser;
  if (read_le<std::uint32_t>(bytes, 0) != (to_disk ? kUserVersion : kDiskVersion)) return std::nullopt;
  std::string out;
  append(out, to_disk ? kDiskVersion : kUserVersion);
  for (std::size_t at = kHeaderSize; at < bytes.size();) {
    const auto tag = read_le<std::uint16_t>(bytes, at);
    const auto permissions = read_le<std::uint16_t>(bytes, at + 2);
    if (!tag || !permissions || !is_known(*tag)) return std::nullopt;
    const bool stored_id = to_disk || has_id(*tag);
    const auto id = stored_id ? read_le<std::uint32_t>(bytes, at + 4) : kNoId;
    if (!id) return std::nullopt;
    append(out, *tag);
    append(out, *permissions);
    if (!to_disk || has_id(*tag)) append(out, has_id(*tag) ? *id : kNoId);
    at += stored_id ? kEntrySize : kShortEntrySize;
  }
  return out;
}

}  // namespace

bool is_acl_name(std::string_view xattr_name) {
  return xattr_name == "system.posix_acl_access" || xattr_name == "system.posix_acl_default";
}

std::optional<std::string> acl_to_disk(std::string_view user_form) {
  return convert(user_form, Form::kUser);
}

std::optional<std::string> acl_from_disk(std::string_view disk_form) {
  return convert(disk_form, Form::kDisk);
}

}  // namespace kraken::ext4
