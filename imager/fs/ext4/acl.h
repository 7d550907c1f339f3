// POSIX access control lists in their two forms: as setxattr(2) takes them (linux/posix_acl_xattr.h, version 2) and as
// ext4 stores them (fs/ext4/acl.h, version 1, where only entries for named users and groups carry an id).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kraken::ext4 {

bool is_acl_name(std::string_view xattr_name);

// Nothing when the bytes are no such list.
std::optional<std::string> acl_to_disk(std::string_view user_form);
std::optional<std::string> acl_from_disk(std::string_view disk_form);

}  // namespace kraken::ext4
