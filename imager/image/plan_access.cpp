#include "image/os_accounts.h"
#include "image/plan_parts.h"

namespace kraken {

namespace {

constexpr std::uint32_t kPrivateFolder = 0700;
constexpr std::uint32_t kPrivateFile = 0600;
constexpr std::uint32_t kSudoersMode = 0440;  // sudoers(5), SUDOERS OPTIONS: sudoers_mode
constexpr std::uint32_t kLinkMode = 0777;
constexpr const char* kSkel = "/etc/skel";
constexpr int kMaxSkelDepth = 32;
constexpr Bytes kMaxSkelFile = 16 * kMiB;

// Whose home the keys go to. On an image that renames its first user at boot, it is still the old one.
struct Owner {
  std::string home;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;

  NodeAttributes with(std::uint32_t mode) const {
    NodeAttributes attributes = with_mode(mode);
    attributes.uid = uid;
    attributes.gid = gid;
    return attributes;
  }
};

EditReason user_reason(const PlanParts& parts) {
  const auto& user = parts.inputs.cluster->access.user;
  return {"user " + user.value, user.origin};
}

// shadow-utils, lib/copydir.c: a link into the skeleton leads to the copy.
std::string skel_link_target(const std::string& target, const std::string& home) {
  const std::string skel(kSkel);
  return target == skel || target.starts_with(skel + "/") ? home + target.substr(skel.size()) : target;
}

Status plan_skel_link(PlanParts& parts, const Owner& owner, const std::string& inside) {
  ImageTree& tree = parts.image.tree();
  KRAKEN_ASSIGN(const auto place, tree.resolve(kSkel + inside, ImageTree::LastLink::kKeep));
  KRAKEN_ASSIGN(const std::string target, place.fs->read_link(place.path));
  return parts.plan.link(owner.home + inside, skel_link_target(target, owner.home), user_reason(parts),
                         owner.with(kLinkMode));
}

Status plan_skel_file(PlanParts& parts, const Owner& owner, const std::string& inside, const NodeInfo& info) {
  if (info.size > kMaxSkelFile) {
    parts.warnings.push_back(kSkel + inside + " (" + human_bytes(info.size) + ") is too large to be copied into " +
                             owner.home);
    return ok_status();
  }
  KRAKEN_ASSIGN(const std::string text, parts.image.tree().read_file(kSkel + inside, kMaxSkelFile));
  return parts.plan.write(owner.home + inside, text, user_reason(parts), owner.with(info.attributes.mode));
}

// What useradd(8) copies from /etc/skel; what is there already stays.
Status plan_skel(PlanParts& parts, const Owner& owner, const std::string& below, int depth) {
  ImageTree& tree = parts.image.tree();
  const std::string folder = kSkel + below;
  if (!parts.plan.exists(folder)) return ok_status();
  if (depth > kMaxSkelDepth) {
    parts.warnings.push_back(folder + " lies too deep to be copied into " + owner.home);
    return ok_status();
  }
  KRAKEN_ASSIGN(const std::vector<DirEntry> entries, tree.list(folder));
  for (const DirEntry& entry : entries) {
    const std::string inside = below + "/" + entry.name;
    KRAKEN_ASSIGN(const NodeInfo info, tree.stat(kSkel + inside, ImageTree::LastLink::kKeep));
    const bool is_new = !parts.plan.exists(owner.home + inside);
    if (entry.type == NodeType::kFolder) {
      KRAKEN_TRY(parts.plan.make_folder(owner.home + inside, user_reason(parts), owner.with(info.attributes.mode)));
      KRAKEN_TRY(plan_skel(parts, owner, inside, depth + 1));
    } else if (entry.type == NodeType::kFile && is_new) {
      KRAKEN_TRY(plan_skel_file(parts, owner, inside, info));
    } else if (entry.type == NodeType::kSymlink && is_new) {
      KRAKEN_TRY(plan_skel_link(parts, owner, inside));
    }
  }
  return ok_status();
}

Result<std::optional<std::string>> optional_text(PlanParts& parts, const std::string& path) {
  auto text = parts.plan.text_of(path);
  if (text.ok()) return std::optional(std::move(*text));
  if (text.error().code() == ErrorCode::kNotFound) return std::optional<std::string>();
  return text.error();
}

Result<AccountTexts> account_texts(PlanParts& parts) {
  AccountTexts texts;
  KRAKEN_ASSIGN(texts.passwd, parts.plan.text_of("/etc/passwd"));
  KRAKEN_ASSIGN(texts.shadow, parts.plan.text_of("/etc/shadow"));
  KRAKEN_ASSIGN(texts.group, parts.plan.text_of("/etc/group"));
  KRAKEN_ASSIGN(texts.gshadow, optional_text(parts, "/etc/gshadow"));
  KRAKEN_ASSIGN(texts.subuid, optional_text(parts, "/etc/subuid"));
  KRAKEN_ASSIGN(texts.subgid, optional_text(parts, "/etc/subgid"));
  return texts;
}

Status put_text(PlanParts& parts, const std::string& path, const std::optional<std::string>& text, Secrecy secrecy) {
  if (!text) return ok_status();
  return parts.plan.edit_text(
      path, user_reason(parts), [&](const std::string&) { return Result<std::string>(*text); }, secrecy);
}

Status put_account_texts(PlanParts& parts, const AccountTexts& texts) {
  KRAKEN_TRY(put_text(parts, "/etc/passwd", texts.passwd, Secrecy::kPublic));
  KRAKEN_TRY(put_text(parts, "/etc/shadow", texts.shadow, Secrecy::kSecret));
  KRAKEN_TRY(put_text(parts, "/etc/group", texts.group, Secrecy::kPublic));
  KRAKEN_TRY(put_text(parts, "/etc/gshadow", texts.gshadow, Secrecy::kSecret));
  KRAKEN_TRY(put_text(parts, "/etc/subuid", texts.subuid, Secrecy::kPublic));
  return put_text(parts, "/etc/subgid", texts.subgid, Secrecy::kPublic);
}

// The image's own first user may have a password that everybody knows.
Status lock_first_user(PlanParts& parts, AccountTexts& texts) {
  const auto& first = parts.image.os().first_user;
  const std::string& ours = parts.inputs.cluster->access.user.value;
  if (!first || !first->has_password || first->name == ours) return ok_status();
  KRAKEN_ASSIGN(texts.shadow, lock_password(texts.shadow, first->name));
  parts.warnings.push_back("the password of the image's own user " + first->name + " is locked");
  return ok_status();
}

Result<Owner> plan_direct_user(PlanParts& parts) {
  const AccessConfig& access = parts.inputs.cluster->access;
  UserEdit edit;
  edit.name = access.user.value;
  edit.password_hash = access.password_hash.value;
  edit.groups = usual_user_groups();
  edit.clock = parts.inputs.clock;
  KRAKEN_ASSIGN(const AccountTexts texts, account_texts(parts));
  KRAKEN_ASSIGN(UserResult result, put_user(texts, edit));
  KRAKEN_TRY(lock_first_user(parts, result.texts));
  KRAKEN_TRY(put_account_texts(parts, result.texts));
  Owner owner{result.user.home, result.user.uid, result.user.gid};
  KRAKEN_TRY(parts.plan.make_folder(owner.home, user_reason(parts), owner.with(kPrivateFolder)));
  KRAKEN_TRY(plan_skel(parts, owner, "", 0));
  return owner;
}

Result<Owner> plan_userconf_user(PlanParts& parts) {
  const AccessConfig& access = parts.inputs.cluster->access;
  KRAKEN_ASSIGN(const std::string text, userconf_text(access.user.value, access.password_hash.value));
  KRAKEN_TRY(parts.plan.write(parts.image.os().boot_folder + "/userconf.txt", text, user_reason(parts), with_mode(0644),
                              Secrecy::kSecret));
  const FirstUser& first = *parts.image.os().first_user;
  Owner owner{first.home, first.uid, first.gid};
  KRAKEN_TRY(parts.plan.make_folder(owner.home, user_reason(parts), owner.with(kPrivateFolder)));
  return owner;
}

Status plan_keys(PlanParts& parts, const Owner& owner) {
  const auto& keys = parts.inputs.cluster->access.authorized_keys;
  if (keys.empty()) return ok_status();
  std::string text;
  for (const auto& key : keys) text += key.value + "\n";
  const EditReason reason{"keys that may log in", keys.front().origin};
  KRAKEN_TRY(parts.plan.make_folder(owner.home + "/.ssh", reason, owner.with(kPrivateFolder)));
  return parts.plan.write(owner.home + "/.ssh/authorized_keys", text, reason, owner.with(kPrivateFile));
}

Status plan_sudo(PlanParts& parts) {
  if (!parts.image.os().has_sudo) return ok_status();
  const AccessConfig& access = parts.inputs.cluster->access;
  const auto& without_password = access.sudo_without_password;
  if (without_password.value) {
    KRAKEN_TRY(parts.plan.make_folder("/etc/sudoers.d", {"sudo", without_password.origin}, with_mode(0750)));
    return parts.plan.write("/etc/sudoers.d/010_kraken", access.user.value + " ALL=(ALL) NOPASSWD: ALL\n",
                            {"sudo without a password", without_password.origin}, with_mode(kSudoersMode));
  }
  if (!access.password_hash.value) {
    parts.warnings.push_back(without_password.origin.text() + ": sudo will ask " + access.user.value +
                             " for a password, and there is none: give access.password_hash");
  }
  // Raspberry Pi OS ships it for its first user (RPi-Distro/pi-gen, stage2/01-sys-tweaks).
  return parts.plan.remove("/etc/sudoers.d/010_pi-nopasswd", {"sudo asks for the password", without_password.origin});
}

}  // namespace

Status plan_access(PlanParts& parts) {
  OsFacts& os = parts.image.os();
  const AccessConfig& access = parts.inputs.cluster->access;
  if (!userconf_takes(access.user.value)) KRAKEN_TRY(use_account_files(parts.image.tree(), os));
  const bool direct = os.user == UserMechanism::kDirect;
  KRAKEN_ASSIGN(const Owner owner, direct ? plan_direct_user(parts) : plan_userconf_user(parts));
  KRAKEN_TRY(plan_keys(parts, owner));
  KRAKEN_TRY(plan_sudo(parts));
  return plan_os_edits(parts, os.ssh);
}

}  // namespace kraken
