// The account files of an image (passwd(5), shadow(5), group(5), gshadow(5), subuid(5)), edited as useradd(8) and
// usermod(8) would: a user added or changed, put into groups, locked. Pure functions over the texts: the same texts and
// the same clock give the same result, and what is not meant stays to the byte. No home folder is made here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace kraken {

// The files' contents. The first three must be there; the others are left out where the image has none.
struct AccountTexts {
  std::string passwd;
  std::string shadow;
  std::string group;
  std::optional<std::string> gshadow;
  std::optional<std::string> subuid;
  std::optional<std::string> subgid;

  friend bool operator==(const AccountTexts&, const AccountTexts&) = default;
};

struct AccountEntry {
  std::string name;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::string home;
  std::string shell;

  // Not nologin or false: a session can be opened.
  bool can_log_in() const;
};

// Lines that are none of passwd(5) (too few fields, no number) are left out. kCorrupt when the text is too large or no
// text.
Result<std::vector<AccountEntry>> parse_passwd(std::string_view text);

struct UserEdit {
  std::string name;                          // [a-z_][a-z0-9_-]*, at most 32 characters (useradd(8), CAVEATS)
  std::optional<std::string> password_hash;  // crypt(5); nothing: "*", no password, yet not locked for sshd(8)
  std::string shell = "/bin/bash";           // for a new user, and for one whose shell lets nobody in
  std::vector<std::string> groups;           // supplementary; those that the image lacks are passed over
  std::int64_t clock = 0;                    // seconds since 1970 UTC: the day of the password's last change
};

struct UserResult {
  AccountTexts texts;
  AccountEntry user;
  bool created = false;
  std::vector<std::string> joined;  // those of UserEdit::groups that exist
};

// The groups of Raspberry Pi OS's first user (pi-gen, stage2/01-sys-tweaks/01-run.sh): sudo, adm, and the devices'.
std::vector<std::string> usual_user_groups();

// A user of that name is changed and keeps its ids and home; otherwise one is made with a group of its own, the lowest
// id from 1000 that is free as both, /home/<name>, and ranges in subuid and subgid. kConfig when the name cannot be
// used (root, a system account, a group without its user), kInvalidArgument when name, hash or shell would break the
// files, kBaseImage when the image's files contradict themselves (the name twice, no free id); nothing is half done.
Result<UserResult> put_user(const AccountTexts& texts, const UserEdit& edit);

// Shadow with the user's password locked, as `usermod -L` does; unchanged when it has none that works or no such user.
Result<std::string> lock_password(std::string_view shadow, std::string_view name);
// Whether a password could open the account: a hash, or an empty field (no password asked).
bool has_password(std::string_view shadow, std::string_view name);

}  // namespace kraken
