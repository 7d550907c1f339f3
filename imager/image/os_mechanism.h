// Which operating system an image holds and which first-boot mechanism it honours: found from its files, never assumed
// from its name, so that a release which does something new is refused or warned about instead of customised in vain.
//
// What was found for the systems known so far:
//   Raspberry Pi OS bullseye             /boot; userconf.txt; init=...init_resize.sh or firstboot, resize2fs_once
//   Raspberry Pi OS bookworm             /boot/firmware; userconf.txt; init=...firstboot, regenerate_ssh_host_keys
//   Raspberry Pi OS trixie, 2025-10      userconf.txt; the word resize, rpi-resize.service; no cloud-init
//   Raspberry Pi OS trixie, 2025-11 on   the same, and cloud-init, which is switched off so that userconf.txt counts
//   Debian, with such a layout           the account files
//   Ubuntu Server for the Pi             cloud-init, switched off; the account files
// Sources: os_wizards.h, and RPi-Distro/pi-gen (bullseye, bookworm, master: stage1, stage2, export-image).
//
// Reads through an ImageTree and changes nothing. The texts are the image's: bounded, checked, possibly hostile.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "disk/partition_table.h"
#include "fs/image_tree.h"
#include "image/os_edit.h"
#include "image/os_mounts.h"

namespace kraken {

enum class UserMechanism {
  // userconf.txt on the boot partition: the image renames its first user at boot, moves its home to /home/<name>, and
  // sets the password. Files of the user's (authorized_keys) belong into FirstUser::home, with FirstUser's ids, and
  // /home/<name> must not exist unless it is that.
  kUserconf,
  kDirect,  // passwd, shadow and group of the image (os_accounts.h)
};
std::string to_word(UserMechanism mechanism);  // "userconf.txt", "account files"

// The account with uid 1000, as the image ships it.
struct FirstUser {
  std::string name;
  std::string home;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  bool can_log_in = false;    // has a shell
  bool has_password = false;  // a published one, that is: lock it (os_accounts.h) unless it is the cluster's user
};

struct OsFacts {
  std::string pretty_name;       // "Debian GNU/Linux 12 (bookworm)"
  std::string id;                // "debian", "raspbian", "ubuntu"
  std::string version_codename;  // "bookworm"; may be empty
  std::string image_date;        // of Raspberry Pi OS, from /etc/rpi-issue: "2025-11-24"; else empty
  std::string architecture;      // "arm64", "armhf": of the programs
  std::string boot_folder;       // where the FAT partition is mounted: "/boot/firmware", "/boot"
  int boot_partition = 0;        // numbers in the partition table
  int root_partition = 0;
  std::vector<OtherMount> other_mounts;  // of fstab
  bool is_raspios = false;
  bool has_systemd = false;
  bool has_sshd = false;
  bool has_sudo = false;
  bool has_cloud_init = false;
  UserMechanism user = UserMechanism::kDirect;
  std::optional<FirstUser> first_user;
  OsEdits wizards;                    // what switches the image's own first boot off; apply all
  OsEdits ssh;                        // what makes the SSH server start; apply all
  std::vector<std::string> warnings;  // for the user: what cannot be done, or is not known
};

// `tree` has the boot partition; its number and folder come from inspect_mounts() (os_mounts.h). kBaseImage, with
// reason and remedy, when the image cannot be customised whole: no Debian or relative of it, no systemd, no account
// files, another architecture, no fstab or boot partition, no cmdline.txt, partitions that contradict each other, or a
// system whose first boot is known to be its own (Armbian, DietPi).
Result<OsFacts> inspect_os(ImageTree& tree, const PartitionTable& table);

// Whether userconf.txt can carry a name: [a-z][a-z0-9-]*, at most 32 characters, not root (RPi-Distro/userconf-pi,
// userconf-service). For another one the account files are the way: use_account_files().
bool userconf_takes(std::string_view user_name);
// Switches to kDirect, and adds to the wizards what keeps the image from asking for a user. Nothing changes when the
// mechanism is that already.
Status use_account_files(ImageTree& tree, OsFacts& facts);

// userconf.txt's content: "name:hash\n". Without a hash "*": no password, keys only. kInvalidArgument when the name is
// not one that userconf takes or the hash has a ':' or a line break.
Result<std::string> userconf_text(std::string_view user_name, const std::optional<std::string>& password_hash);

}  // namespace kraken
