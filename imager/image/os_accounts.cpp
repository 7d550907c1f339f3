#include "image/os_accounts.h"

#include <algorithm>

#include "base/text.h"
#include "image/os_account_file.h"

namespace kraken {

namespace {

// login.defs(5), as Debian ships it: UID_MIN, UID_MAX, SUB_UID_MIN, SUB_UID_MAX, SUB_UID_COUNT, PASS_MAX_DAYS,
// PASS_WARN_AGE.
constexpr std::uint32_t kFirstUid = 1000;
constexpr std::uint32_t kLastUid = 60000;
constexpr std::uint64_t kSubIdMin = 100000;
constexpr std::uint64_t kSubIdMax = 600100000;
constexpr std::uint64_t kSubIdCount = 65536;
constexpr std::string_view kMaxDays = "99999";
constexpr std::string_view kWarnDays = "7";
constexpr std::size_t kMaxName = 32;
constexpr std::size_t kPasswdFields = 7;
constexpr std::size_t kShadowFields = 9;
constexpr std::size_t kGroupFields = 4;

using Fields = std::vector<std::string>;

// The files while they are edited: all, or none, become the result.
struct Files {
  AccountFile passwd;
  AccountFile shadow;
  AccountFile group;
  std::optional<AccountFile> gshadow;
  std::optional<AccountFile> subuid;
  std::optional<AccountFile> subgid;
};

Result<std::optional<AccountFile>> parse_if_there(const std::optional<std::string>& text, std::string name) {
  if (!text) return std::optional<AccountFile>();
  KRAKEN_ASSIGN(AccountFile file, AccountFile::parse(*text, std::move(name)));
  return std::optional<AccountFile>(std::move(file));
}

Result<Files> parse_files(const AccountTexts& texts) {
  KRAKEN_ASSIGN(AccountFile passwd, AccountFile::parse(texts.passwd, "/etc/passwd"));
  KRAKEN_ASSIGN(AccountFile shadow, AccountFile::parse(texts.shadow, "/etc/shadow"));
  KRAKEN_ASSIGN(AccountFile group, AccountFile::parse(texts.group, "/etc/group"));
  KRAKEN_ASSIGN(auto gshadow, parse_if_there(texts.gshadow, "/etc/gshadow"));
  KRAKEN_ASSIGN(auto subuid, parse_if_there(texts.subuid, "/etc/subuid"));
  KRAKEN_ASSIGN(auto subgid, parse_if_there(texts.subgid, "/etc/subgid"));
  return Files{std::move(passwd),  std::move(shadow), std::move(group),
               std::move(gshadow), std::move(subuid), std::move(subgid)};
}

AccountTexts texts_of(const Files& files) {
  const auto text = [](const std::optional<AccountFile>& file) {
    return file ? std::optional<std::string>(file->text()) : std::nullopt;
  };
  return {files.passwd.text(), files.shadow.text(), files.group.text(),
          text(files.gshadow), text(files.subuid),  text(files.subgid)};
}

bool is_user_name(std::string_view name) {
  const auto lower = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  return !name.empty() && name.size() <= kMaxName && lower(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return lower(c) || (c >= '0' && c <= '9') || c == '-'; });
}

// A value of its own field: printable ASCII without ':'.
bool is_field(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 127 && c != ':'; });
}

Status check_edit(const UserEdit& edit) {
  if (!is_user_name(edit.name)) {
    return Error(ErrorCode::kInvalidArgument, "'" + edit.name +
                                                  "' is not a user name: at most 32 of a-z, 0-9, '-' and '_', "
                                                  "the first a letter or '_'");
  }
  if (edit.name == "root") {
    return Error(ErrorCode::kConfig,
                 "the user cannot be root, who may not log in over SSH with a password; choose a name of your own");
  }
  if (edit.password_hash && !is_field(*edit.password_hash)) {
    return Error(ErrorCode::kInvalidArgument, "the password hash of user " + edit.name +
                                                  " is empty or has a character that no crypt(5) hash has; make one "
                                                  "with `openssl passwd -6`");
  }
  if (!is_field(edit.shell) || edit.shell.front() != '/') {
    return Error(ErrorCode::kInvalidArgument, "the shell of user " + edit.name + " is not an absolute path");
  }
  return ok_status();
}

std::optional<AccountEntry> entry_of(const Fields& fields) {
  if (fields.size() != kPasswdFields) return std::nullopt;
  const auto uid = parse_u64(fields[2]);
  const auto gid = parse_u64(fields[3]);
  if (fields[0].empty() || !uid || !gid || *uid > UINT32_MAX || *gid > UINT32_MAX) return std::nullopt;
  return AccountEntry{fields[0], static_cast<std::uint32_t>(*uid), static_cast<std::uint32_t>(*gid), fields[5],
                      fields[6]};
}

Fields fields_of(const AccountEntry& user, const std::string& gecos) {
  return {user.name, "x", std::to_string(user.uid), std::to_string(user.gid), gecos, user.home, user.shell};
}

// Days since 1970. Day 0 would mean that the password must be changed at the next login (shadow(5)).
std::string day_of(std::int64_t clock) {
  return std::to_string(std::max<std::int64_t>(1, clock / (24 * 60 * 60)));
}

Result<std::uint32_t> free_id(const Files& files) {
  std::vector<std::uint64_t> taken = files.passwd.numbers(2);
  const auto groups = files.group.numbers(2);
  taken.insert(taken.end(), groups.begin(), groups.end());
  std::sort(taken.begin(), taken.end());
  for (std::uint32_t id = kFirstUid; id <= kLastUid; ++id) {
    if (!std::binary_search(taken.begin(), taken.end(), id)) return id;
  }
  return Error(ErrorCode::kBaseImage,
               "/etc/passwd and /etc/group leave no id from 1000 to 60000 for a new user; use another base image");
}

Status add_range(std::optional<AccountFile>& file, const std::string& name) {
  if (!file) return ok_status();
  KRAKEN_ASSIGN(const auto there, file->find(name));
  const std::uint64_t start = file->end_of_ranges(kSubIdMin);
  // Only user namespaces need the range; without room for one the user is still whole, as with useradd(8).
  if (there || start > kSubIdMax - kSubIdCount) return ok_status();
  file->put({name, std::to_string(start), std::to_string(kSubIdCount)});
  return ok_status();
}

Result<AccountEntry> create_user(Files& files, const UserEdit& edit) {
  KRAKEN_ASSIGN(const auto group, files.group.find(edit.name));
  if (group) {
    return Error(ErrorCode::kConfig,
                 "the image has a group '" + edit.name +
                     "' that is nobody's own, so a user of that name would be in it; choose another name");
  }
  KRAKEN_ASSIGN(const std::uint32_t id, free_id(files));
  const AccountEntry user{edit.name, id, id, "/home/" + edit.name, edit.shell};
  files.passwd.put(fields_of(user, ""));
  files.group.put({user.name, "x", std::to_string(id), ""});
  if (files.gshadow) files.gshadow->put({user.name, "!", "", ""});
  KRAKEN_TRY(add_range(files.subuid, user.name));
  KRAKEN_TRY(add_range(files.subgid, user.name));
  return user;
}

Result<AccountEntry> change_user(Files& files, const UserEdit& edit, const Fields& fields) {
  auto user = entry_of(fields);
  if (!user) {
    return Error(ErrorCode::kBaseImage,
                 "/etc/passwd: the line of '" + edit.name + "' is malformed; correct the base image");
  }
  if (user->uid < kFirstUid || user->uid > kLastUid) {
    return Error(ErrorCode::kConfig, "'" + edit.name + "' is a system account of the image (uid " +
                                         std::to_string(user->uid) + "); choose another user name");
  }
  if (!user->can_log_in()) user->shell = edit.shell;
  files.passwd.put(fields_of(*user, fields[4]));
  return std::move(*user);
}

Status set_password(Files& files, const UserEdit& edit) {
  KRAKEN_ASSIGN(auto there, files.shadow.find(edit.name));
  const std::string hash = edit.password_hash.value_or("*");
  if (!there || there->size() < kShadowFields) {
    files.shadow.put(
        {edit.name, hash, day_of(edit.clock), "0", std::string(kMaxDays), std::string(kWarnDays), "", "", ""});
    return ok_status();
  }
  Fields fields = std::move(*there);
  fields[7].clear();  // an account that has expired would refuse every login
  if (fields[1] != hash || fields[2].empty() || fields[2] == "0") {
    fields[1] = hash;
    fields[2] = day_of(edit.clock);
  }
  files.shadow.put(fields);
  return ok_status();
}

// Adds the name to the member list, the last field of group(5) and gshadow(5).
void join_member_list(AccountFile& file, Fields fields, const std::string& name) {
  std::vector<std::string> members;
  for (std::string& member : split(fields.back(), ',')) {
    if (!member.empty()) members.push_back(std::move(member));
  }
  if (std::find(members.begin(), members.end(), name) != members.end()) return;
  members.push_back(name);
  fields.back() = join(members, ",");
  file.put(fields);
}

Result<std::vector<std::string>> join_groups(Files& files, const UserEdit& edit) {
  std::vector<std::string> joined;
  for (const std::string& name : edit.groups) {
    KRAKEN_ASSIGN(auto fields, files.group.find(name));
    if (!fields || fields->size() != kGroupFields) continue;
    join_member_list(files.group, std::move(*fields), edit.name);
    joined.push_back(name);
    if (!files.gshadow) continue;
    KRAKEN_ASSIGN(auto shadow, files.gshadow->find(name));
    if (shadow && shadow->size() == kGroupFields) join_member_list(*files.gshadow, std::move(*shadow), edit.name);
  }
  return joined;
}

bool is_locked(std::string_view hash) {
  return hash.starts_with('!') || hash.starts_with('*');
}

}  // namespace

bool AccountEntry::can_log_in() const {
  return !shell.ends_with("/nologin") && !shell.ends_with("/false");
}

Result<std::vector<AccountEntry>> parse_passwd(std::string_view text) {
  KRAKEN_TRY(check_os_text(text, "/etc/passwd"));
  std::vector<AccountEntry> entries;
  for (const TextLine& line : split_lines(text)) {
    if (auto entry = entry_of(split(line.text, ':'))) entries.push_back(std::move(*entry));
  }
  return entries;
}

std::vector<std::string> usual_user_groups() {
  return {"adm",    "audio",   "cdrom",  "dialout", "games", "gpio",  "i2c",  "input",
          "netdev", "plugdev", "render", "spi",     "sudo",  "users", "video"};
}

Result<UserResult> put_user(const AccountTexts& texts, const UserEdit& edit) {
  KRAKEN_TRY(check_edit(edit));
  KRAKEN_ASSIGN(Files files, parse_files(texts));
  KRAKEN_ASSIGN(const auto fields, files.passwd.find(edit.name));
  UserResult result;
  result.created = !fields.has_value();
  KRAKEN_ASSIGN(result.user, fields ? change_user(files, edit, *fields) : create_user(files, edit));
  KRAKEN_TRY(set_password(files, edit));
  KRAKEN_ASSIGN(result.joined, join_groups(files, edit));
  result.texts = texts_of(files);
  return result;
}

Result<std::string> lock_password(std::string_view shadow, std::string_view name) {
  KRAKEN_ASSIGN(AccountFile file, AccountFile::parse(shadow, "/etc/shadow"));
  KRAKEN_ASSIGN(auto there, file.find(name));
  if (!there || there->size() < 2 || is_locked((*there)[1])) return std::string(shadow);
  (*there)[1].insert(0, "!");
  file.put(*there);
  return file.text();
}

bool has_password(std::string_view shadow, std::string_view name) {
  for (const TextLine& line : split_lines(shadow)) {
    const auto fields = split(line.text, ':');
    if (fields.front() == name && fields.size() >= 2 && !is_locked(fields[1])) return true;
  }
  return false;
}

}  // namespace kraken
