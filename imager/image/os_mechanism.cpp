#include "image/os_mechanism.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "image/os_accounts.h"
#include "image/os_architecture.h"
#include "image/os_cmdline.h"
#include "image/os_firmware.h"
#include "image/os_read.h"
#include "image/os_release.h"
#include "image/os_text.h"
#include "image/os_wizards.h"

namespace kraken {

namespace {

constexpr std::string_view kOtherImage = "use an image of Raspberry Pi OS, Debian or Ubuntu with its layout";
constexpr std::uint32_t kFirstUserId = 1000;

// Systems made from Debian that set themselves up in their own way; each known by a file.
struct OwnWay {
  std::string_view file;
  std::string_view system;
};
constexpr std::array<OwnWay, 3> kOwnWays = {{
    {"/etc/armbian-release", "Armbian, which sets users and host keys up by itself (armbian-firstrun)"},
    {"/boot/dietpi", "DietPi, which sets users and host keys up by itself (dietpi.txt)"},
    {"/boot/dietpi.txt", "DietPi, which sets users and host keys up by itself (dietpi.txt)"},
}};

Result<OsRelease> read_release(ImageTree& tree) {
  for (const std::string_view path : {"/etc/os-release", "/usr/lib/os-release"}) {
    KRAKEN_ASSIGN(const auto text, read_os_text(tree, path));
    if (text) return parse_os_release(*text);
  }
  return unusable_image("it is not known what the image holds", "it has no /etc/os-release", kOtherImage);
}

Status check_system(ImageTree& tree, const OsRelease& release) {
  if (!release.is_debian_like()) {
    return unusable_image("the image cannot be customised",
                          "it holds " +
                              (release.pretty_name.empty() ? "a system without a name" : release.pretty_name) +
                              ", and only Debian's ways of keeping users, units and host names are known",
                          kOtherImage);
  }
  for (const OwnWay& own : kOwnWays) {
    KRAKEN_ASSIGN(const bool there, is_there(tree, own.file));
    if (there)
      return unusable_image("the image cannot be customised", "it holds " + std::string(own.system), kOtherImage);
  }
  return ok_status();
}

// The date in "Raspberry Pi reference 2025-11-24".
std::string date_in(std::string_view text) {
  constexpr std::string_view kForm = "dddd-dd-dd";
  for (std::size_t start = 0; start + kForm.size() <= text.size(); ++start) {
    const std::string_view part = text.substr(start, kForm.size());
    const bool date = std::equal(part.begin(), part.end(), kForm.begin(),
                                 [](char c, char form) { return form == 'd' ? c >= '0' && c <= '9' : c == form; });
    if (date) return std::string(part);
  }
  return {};
}

Status find_programs(ImageTree& tree, OsFacts& facts) {
  const auto any = [&](std::initializer_list<std::string_view> paths) -> Result<bool> {
    for (const std::string_view path : paths) {
      KRAKEN_ASSIGN(const bool there, tree.exists(path).recode(ErrorCode::kBaseImage));
      if (there) return true;
    }
    return false;
  };
  KRAKEN_ASSIGN(facts.has_systemd, any({"/lib/systemd/systemd", "/usr/lib/systemd/systemd"}));
  KRAKEN_ASSIGN(facts.has_sshd, any({"/usr/sbin/sshd"}));
  KRAKEN_ASSIGN(facts.has_sudo, any({"/usr/bin/sudo", "/bin/sudo"}));
  KRAKEN_ASSIGN(facts.has_cloud_init, any({"/usr/bin/cloud-init"}));
  if (!facts.has_systemd) {
    return unusable_image("kraken-firstboot would never run", "the image has no systemd", kOtherImage);
  }
  if (!facts.has_sshd) {
    facts.warnings.push_back(
        "the image has no SSH server (/usr/sbin/sshd): keys and host keys are put in, but nobody can log in over SSH; "
        "add openssh-server to the base image");
  }
  if (!facts.has_sudo) {
    facts.warnings.push_back("the image has no sudo: the user cannot become root; add sudo to the base image");
  }
  return ok_status();
}

Status find_first_user(ImageTree& tree, OsFacts& facts) {
  KRAKEN_ASSIGN(const auto passwd, read_os_text(tree, "/etc/passwd"));
  KRAKEN_ASSIGN(const auto shadow, read_os_text(tree, "/etc/shadow"));
  KRAKEN_ASSIGN(const auto group, read_os_text(tree, "/etc/group"));
  if (!passwd || !shadow || !group) {
    return unusable_image("no user can be put into the image",
                          std::string("it has no ") + (!passwd   ? "/etc/passwd"
                                                       : !shadow ? "/etc/shadow"
                                                                 : "/etc/group"),
                          kOtherImage);
  }
  KRAKEN_ASSIGN(const auto entries, parse_passwd(*passwd).recode(ErrorCode::kBaseImage));
  for (const AccountEntry& entry : entries) {
    if (entry.uid != kFirstUserId) continue;
    facts.first_user =
        FirstUser{entry.name, entry.home, entry.uid, entry.gid, entry.can_log_in(), has_password(*shadow, entry.name)};
    break;
  }
  if (has_password(*shadow, "root")) {
    facts.warnings.push_back("root has a password in the image; whoever knows it owns every node on the console");
  }
  return ok_status();
}

// Whether userconf-pi would act on userconf.txt. It must be there, find the boot partition (without get_fw_loc it looks
// in /boot alone), have a user to rename, and leave that user able to log in: some releases do not give a first user
// without a shell one when it keeps its name (RPi-Distro/userconf-pi, userconf-service and issue 12).
Result<bool> honours_userconf(ImageTree& tree, const OsFacts& facts) {
  KRAKEN_ASSIGN(const bool program, is_there(tree, "/usr/lib/userconf-pi/userconf-service"));
  KRAKEN_ASSIGN(const bool finder, is_there(tree, "/usr/lib/raspberrypi-sys-mods/get_fw_loc"));
  const bool finds_boot = finder || facts.boot_folder == "/boot";
  return program && finds_boot && facts.first_user && facts.first_user->can_log_in;
}

Status choose_user_mechanism(ImageTree& tree, OsFacts& facts) {
  KRAKEN_ASSIGN(const OsEdits dialogue, find_user_dialogue(tree));
  if (dialogue.empty()) return ok_status();  // not enabled: userconf.txt would lie there unread
  KRAKEN_ASSIGN(const bool honoured, honours_userconf(tree, facts));
  if (honoured) {
    facts.user = UserMechanism::kUserconf;
  } else {
    facts.wizards.insert(facts.wizards.end(), dialogue.begin(), dialogue.end());
  }
  return ok_status();
}

// The partitions that the kernel is told must be those that fstab mounts, or the node waits for its root for ever.
Status check_root_word(std::string_view cmdline, const PartitionTable& table, OsFacts& facts) {
  KRAKEN_ASSIGN(const auto words, cmdline_words(cmdline).recode(ErrorCode::kBaseImage));
  const auto root = cmdline_value(words, "root");
  if (!root) {
    facts.warnings.push_back("cmdline.txt has no root=: whether the kernel finds partition " +
                             std::to_string(facts.root_partition) + " is not known");
    return ok_status();
  }
  KRAKEN_ASSIGN(const int number,
                find_partition(table, *root, PartitionUse::kRoot).with_context("cmdline.txt, root=" + *root));
  if (number == facts.root_partition) return ok_status();
  return unusable_image("the image would not boot",
                        "cmdline.txt says root=" + *root + ", which is partition " + std::to_string(number) +
                            ", and /etc/fstab mounts partition " + std::to_string(facts.root_partition) + " as /",
                        "correct one of them in the base image");
}

Status inspect_cmdline(ImageTree& tree, const PartitionTable& table, OsFacts& facts) {
  KRAKEN_TRY(check_firmware_files(tree, facts.boot_folder));
  const std::string path = facts.boot_folder + "/cmdline.txt";
  KRAKEN_ASSIGN(const auto text, read_os_text(tree, path));
  if (!text || trim(*text).empty()) {
    return unusable_image(
        "the kernel's command line cannot be edited", "the boot partition has no " + path + " or an empty one",
        "use an image that the Raspberry Pi's firmware boots with cmdline.txt, without a further boot loader");
  }
  const auto lines = split_lines(*text);
  if (trim(lines.front().text).empty()) {
    return unusable_image("the image would not boot",
                          "the first line of " + path + " is empty, and only the first counts",
                          "correct it in the base image");
  }
  const auto more =
      std::any_of(lines.begin() + 1, lines.end(), [](const TextLine& line) { return !trim(line.text).empty(); });
  if (more)
    facts.warnings.push_back(path +
                             " has more than one line; the firmware hands over the first only, and that one is edited");
  KRAKEN_TRY(check_root_word(*text, table, facts));
  KRAKEN_ASSIGN(const OsEdits edits, find_cmdline_wizards(*text, facts.warnings));
  facts.wizards.insert(facts.wizards.end(), edits.begin(), edits.end());
  return ok_status();
}

// Debian's raspi-firmware (debian/kernel/postinst.d/z50-raspi-firmware) makes cmdline.txt and config.txt anew with
// every kernel; Raspberry Pi OS has the package too, without that part.
Status warn_of_generated_files(ImageTree& tree, OsFacts& facts) {
  KRAKEN_ASSIGN(const bool hook, is_there(tree, "/etc/kernel/postinst.d/z50-raspi-firmware"));
  if (!hook || facts.is_raspios) return ok_status();
  facts.warnings.push_back(
      "the image's raspi-firmware package writes cmdline.txt and config.txt anew at every kernel update, without what "
      "is "
      "put in here; repeat the settings in /etc/default/raspi-firmware");
  return ok_status();
}

Status find_wizards(ImageTree& tree, OsFacts& facts) {
  KRAKEN_TRY(warn_of_generated_files(tree, facts));
  KRAKEN_ASSIGN(const OsEdits units, find_unit_wizards(tree, facts.warnings));
  facts.wizards.insert(facts.wizards.end(), units.begin(), units.end());
  KRAKEN_ASSIGN(const OsEdits cloud, find_cloud_init(tree, facts.warnings));
  facts.wizards.insert(facts.wizards.end(), cloud.begin(), cloud.end());
  KRAKEN_TRY(choose_user_mechanism(tree, facts));
  if (!facts.has_sshd) return ok_status();
  KRAKEN_ASSIGN(facts.ssh, find_ssh_enablement(tree));
  return ok_status();
}

}  // namespace

std::string to_word(UserMechanism mechanism) {
  return mechanism == UserMechanism::kUserconf ? "userconf.txt" : "account files";
}

Result<OsFacts> inspect_os(ImageTree& tree, const PartitionTable& table) {
  OsFacts facts;
  KRAKEN_ASSIGN(const MountFacts mounts, inspect_mounts(tree, table));
  facts.boot_folder = mounts.boot_folder;
  facts.boot_partition = mounts.boot_partition;
  facts.root_partition = mounts.root_partition;
  facts.other_mounts = mounts.others;
  KRAKEN_ASSIGN(const OsRelease release, read_release(tree));
  facts.pretty_name = release.pretty_name;
  facts.id = release.id;
  facts.version_codename = release.version_codename;
  KRAKEN_TRY(check_system(tree, release));
  KRAKEN_ASSIGN(const auto issue, read_os_text(tree, "/etc/rpi-issue"));
  facts.is_raspios = issue.has_value();
  facts.image_date = date_in(issue.value_or(""));
  KRAKEN_ASSIGN(facts.architecture, find_architecture(tree, facts.warnings));
  KRAKEN_TRY(find_programs(tree, facts));
  KRAKEN_TRY(find_first_user(tree, facts));
  // Edited on every node: what cannot be read there is the base's fault.
  for (const std::string_view path : {"/etc/hostname", "/etc/hosts"}) KRAKEN_TRY(read_os_text(tree, path));
  KRAKEN_TRY(inspect_cmdline(tree, table, facts));
  KRAKEN_TRY(find_wizards(tree, facts));
  return facts;
}

bool userconf_takes(std::string_view user_name) {
  constexpr std::size_t kMaxName = 32;
  const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  return !user_name.empty() && user_name.size() <= kMaxName && user_name != "root" && lower(user_name.front()) &&
         std::all_of(user_name.begin(), user_name.end(),
                     [&](char c) { return lower(c) || (c >= '0' && c <= '9') || c == '-'; });
}

Status use_account_files(ImageTree& tree, OsFacts& facts) {
  if (facts.user == UserMechanism::kDirect) return ok_status();
  KRAKEN_ASSIGN(const OsEdits dialogue, find_user_dialogue(tree));
  facts.user = UserMechanism::kDirect;
  facts.wizards.insert(facts.wizards.end(), dialogue.begin(), dialogue.end());
  return ok_status();
}

Result<std::string> userconf_text(std::string_view user_name, const std::optional<std::string>& password_hash) {
  if (!userconf_takes(user_name)) {
    return Error(ErrorCode::kInvalidArgument,
                 "userconf.txt cannot carry the user name '" + std::string(user_name) +
                     "': it takes a-z, 0-9 and '-', a letter first, at most 32, and not root");
  }
  const std::string hash = password_hash.value_or("*");
  const bool good =
      !hash.empty() && std::all_of(hash.begin(), hash.end(), [](char c) { return c > ' ' && c < 127 && c != ':'; });
  if (!good) {
    return Error(ErrorCode::kInvalidArgument,
                 "the password hash of user " + std::string(user_name) +
                     " is empty or has a character that no crypt(5) hash has; make one with `openssl passwd -6`");
  }
  return std::string(user_name) + ":" + hash + "\n";
}

}  // namespace kraken
