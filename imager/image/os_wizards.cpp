#include "image/os_wizards.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "contract/node_record.h"
#include "image/os_cmdline.h"
#include "image/os_read.h"

namespace kraken {

namespace {

using How = OsEdit::How;

constexpr std::string_view kUnits = "/etc/systemd/system";

struct Known {
  std::string_view name;
  std::string_view why;
};

constexpr std::array<Known, 2> kInits = {{
    {"/usr/lib/raspi-config/init_resize.sh", "it would grow the root partition, change the disk id and reboot"},
    {"/usr/lib/raspberrypi-sys-mods/firstboot",
     "it would replace the SSH host keys, change the disk id, grow the root partition and reboot"},
}};
constexpr std::array<std::string_view, 5> kUsualInits = {"/sbin/init", "/usr/sbin/init", "/bin/systemd",
                                                         "/lib/systemd/systemd", "/usr/lib/systemd/systemd"};

// Enabled by links in /etc/systemd/system/*.wants and *.requires.
constexpr std::array<Known, 6> kKnownUnits = {{
    // RPi-Distro/raspberrypi-sys-mods, debian/raspberrypi-sys-mods.regenerate_ssh_host_keys.service
    {"regenerate_ssh_host_keys.service", "it would delete the node's SSH host keys and make others"},
    // RPi-Distro/raspberrypi-sys-mods pios/trixie, debian/raspberrypi-sys-mods.rpi-resize.service
    {"rpi-resize.service", "it would grow the root file system beside us"},
    // RPi-Distro/pi-gen bookworm, stage2/01-sys-tweaks/files/resize2fs_once
    {"resize2fs_once.service", "it would grow the root file system beside us"},
    // salsa.debian.org/raspi-team/image-specs, rootfs/etc/systemd/system/
    {"rpi-resizerootfs.service", "it would grow the root partition and file system beside us"},
    {"rpi-generate-ssh-host-keys.service", "it would make other SSH host keys"},
    {"rpi-reconfigure-raspi-firmware.service", "it would write cmdline.txt anew from the image's own settings"},
}};

// Scripts that the images' initramfs was built with: raspi-team/image-specs, and Ubuntu's cloud-initramfs-growroot.
constexpr std::array<std::string_view, 3> kGrowingScripts = {
    "/etc/initramfs-tools/scripts/local-bottom/rpi-resizerootfs",
    "/usr/share/initramfs-tools/scripts/local-bottom/rpi-resizerootfs",
    "/usr/share/initramfs-tools/scripts/local-bottom/growroot"};

// The ones that other edits deal with or that wait for files which are not there.
constexpr std::array<std::string_view, 2> kHarmlessUnits = {"userconfig.service", "sshswitch.service"};
// Parts of names that first-boot programs have.
constexpr std::array<std::string_view, 7> kSuspicious = {"firstboot", "first-boot", "first_boot", "firstrun",
                                                         "first-run", "resize",     "growroot"};

OsEdit remove_word(const std::string& word, std::string_view why) {
  return {How::kRemoveCmdlineWord, word, "", std::string(why)};
}
OsEdit remove_path(std::string path, std::string_view why) {
  return {How::kRemovePath, std::move(path), "", std::string(why)};
}

// The links below /etc/systemd/system that enable units: "multi-user.target.wants/ssh.service".
Result<std::vector<std::string>> enablements(ImageTree& tree) {
  std::vector<std::string> links;
  KRAKEN_ASSIGN(const auto folders, names_in(tree, kUnits));
  for (const std::string& folder : folders) {
    if (!folder.ends_with(".wants") && !folder.ends_with(".requires")) continue;
    KRAKEN_ASSIGN(const auto names, names_in(tree, std::string(kUnits) + "/" + folder));
    for (const std::string& name : names) links.push_back(folder + "/" + name);
  }
  return links;
}

std::string unit_of(const std::string& link) {
  return link.substr(link.find('/') + 1);
}

Result<bool> is_enabled(ImageTree& tree, std::string_view unit) {
  KRAKEN_ASSIGN(const auto links, enablements(tree));
  return std::any_of(links.begin(), links.end(), [&](const std::string& link) { return unit_of(link) == unit; });
}

Result<bool> is_masked(ImageTree& tree, const std::string& unit) {
  const std::string path = std::string(kUnits) + "/" + unit;
  KRAKEN_ASSIGN(const bool there, is_there(tree, path));
  if (!there) return false;
  // The target is compared, not followed: an image need not have /dev/null.
  KRAKEN_ASSIGN(const auto place, tree.resolve(path, ImageTree::LastLink::kKeep).recode(ErrorCode::kBaseImage));
  const auto target = place.fs->read_link(place.path);
  return target.ok() && *target == "/dev/null";
}

// Where the image's packages keep a unit; empty when it has none.
Result<std::string> unit_file(ImageTree& tree, std::string_view unit) {
  for (const std::string_view folder : {"/lib/systemd/system/", "/usr/lib/systemd/system/"}) {
    std::string path = std::string(folder) + std::string(unit);
    KRAKEN_ASSIGN(const bool there, is_there(tree, path));
    if (there) return path;
  }
  return std::string();
}

bool is_suspicious(const std::string& unit) {
  if (std::ranges::find(kFirstbootUnits, unit, &FirstbootUnit::name) != kFirstbootUnits.end()) return false;  // ours
  if (std::ranges::find(kHarmlessUnits, unit) != kHarmlessUnits.end()) return false;
  return std::any_of(kSuspicious.begin(), kSuspicious.end(),
                     [&](std::string_view part) { return unit.find(part) != std::string::npos; });
}

// resize2fs_once as an init script: the links of update-rc.d(8), which systemd-sysv-generator(8) turns into a unit.
Result<OsEdits> find_init_scripts(ImageTree& tree) {
  OsEdits edits;
  for (const char level : std::string_view("S2345")) {
    const std::string folder = std::string("/etc/rc") + level + ".d";
    KRAKEN_ASSIGN(const auto names, names_in(tree, folder));
    for (const std::string& name : names) {
      if (name.starts_with('S') && name.ends_with("resize2fs_once")) {
        edits.push_back(remove_path(folder + "/" + name, "resize2fs_once would grow the root file system beside us"));
      }
    }
  }
  return edits;
}

// What a built initramfs does cannot be edited away; with a root that fills the card it has nothing left to do.
Status find_growing_initramfs(ImageTree& tree, std::vector<std::string>& warnings) {
  for (const std::string_view script : kGrowingScripts) {
    KRAKEN_ASSIGN(const bool there, is_there(tree, script));
    if (!there) continue;
    warnings.push_back("the image's initramfs grows the root partition to the end of the card (" + std::string(script) +
                       "), whatever root_size says");
  }
  return ok_status();
}

Result<OsEdits> enable_unit(ImageTree& tree, const std::string& unit, const std::string& file) {
  OsEdits edits;
  KRAKEN_ASSIGN(const bool masked, is_masked(tree, unit));
  if (masked) edits.push_back(remove_path(std::string(kUnits) + "/" + unit, "it masks the SSH server"));
  KRAKEN_ASSIGN(const bool enabled, is_enabled(tree, unit));
  if (!enabled) {
    edits.push_back({How::kMakeSymlink, std::string(kUnits) + "/multi-user.target.wants/" + unit, file,
                     "the SSH server would not start"});
  }
  return edits;
}

}  // namespace

Result<OsEdits> find_cmdline_wizards(std::string_view cmdline, std::vector<std::string>& warnings) {
  KRAKEN_ASSIGN(const auto words, cmdline_words(cmdline).recode(ErrorCode::kBaseImage));
  OsEdits edits;
  bool run = false;
  for (const std::string& word : words) {
    if (word == "--") break;
    run = run || word.starts_with("systemd.run=");
    if (word == "resize")
      edits.push_back(remove_word(word, "the initramfs would grow the root partition and change the disk id"));
    if (!word.starts_with("init=")) continue;
    const std::string program = word.substr(5);
    const auto known =
        std::find_if(kInits.begin(), kInits.end(), [&](const Known& each) { return each.name == program; });
    if (known != kInits.end()) {
      edits.push_back(remove_word(word, known->why));
      // firstboot takes this slow mode of the card's controller away again; without firstboot nobody would.
      if (cmdline_has(words, "sdhci.debug_quirks2")) {
        edits.push_back(
            remove_word("sdhci.debug_quirks2=4", "it is meant for the first boot only and slows the card down"));
      }
    } else if (std::find(kUsualInits.begin(), kUsualInits.end(), program) == kUsualInits.end()) {
      warnings.push_back("cmdline.txt starts " + program +
                         " in place of init, which is not known here: kraken-firstboot "
                         "runs only once that has given way to systemd; take the word away with cmdline_remove if it "
                         "is a first-boot program");
    }
  }
  if (!run) return edits;
  for (const char* word : {"systemd.run", "systemd.run_success_action", "systemd.run_failure_action", "systemd.unit"}) {
    if (cmdline_has(words, word))
      edits.push_back(remove_word(word, "it would run another tool's first-boot script instead of booting"));
  }
  warnings.push_back(
      "the image has been customised by another tool (systemd.run= in cmdline.txt); its script will not run");
  return edits;
}

Result<OsEdits> find_unit_wizards(ImageTree& tree, std::vector<std::string>& warnings) {
  KRAKEN_TRY(find_growing_initramfs(tree, warnings));
  KRAKEN_ASSIGN(OsEdits edits, find_init_scripts(tree));
  KRAKEN_ASSIGN(const auto links, enablements(tree));
  for (const std::string& link : links) {
    const std::string unit = unit_of(link);
    const auto known =
        std::find_if(kKnownUnits.begin(), kKnownUnits.end(), [&](const Known& each) { return each.name == unit; });
    if (known != kKnownUnits.end()) {
      edits.push_back(remove_path(std::string(kUnits) + "/" + link, known->why));
    } else if (is_suspicious(unit)) {
      warnings.push_back("the image starts " + unit +
                         ", which looks like a first-boot program and is not known here; look at it, and "
                         "mask it with an overlay if it changes users, host keys, the host name or the partitions");
    }
  }
  return edits;
}

Result<OsEdits> find_cloud_init(ImageTree& tree, std::vector<std::string>& warnings) {
  KRAKEN_ASSIGN(const bool program, is_there(tree, "/usr/bin/cloud-init"));
  KRAKEN_ASSIGN(const bool disabled, is_there(tree, "/etc/cloud/cloud-init.disabled"));
  if (!program || disabled) return OsEdits();
  KRAKEN_ASSIGN(const auto netplan, names_in(tree, "/etc/netplan"));
  KRAKEN_ASSIGN(const bool manager, is_enabled(tree, "NetworkManager.service"));
  const bool configured =
      std::any_of(netplan.begin(), netplan.end(), [](const std::string& name) { return name.ends_with(".yaml"); });
  if (!configured && !manager) {
    warnings.push_back(
        "this image gets its network from cloud-init, which is switched off: until kraken-firstboot has set "
        "the network up the node has none");
  }
  return OsEdits{
      {How::kWriteFile, "/etc/cloud/cloud-init.disabled", "",
       "cloud-init would replace the SSH host keys, the host name and the network's settings, and grow the root"}};
}

Result<OsEdits> find_user_dialogue(ImageTree& tree) {
  constexpr std::string_view kBanner = "/etc/ssh/sshd_config.d/rename_user.conf";
  constexpr std::string_view kConsole = "/etc/systemd/system/getty.target.wants/getty@tty1.service";
  OsEdits edits;
  KRAKEN_ASSIGN(const auto links, enablements(tree));
  for (const std::string& link : links) {
    if (unit_of(link) == "userconfig.service") {
      edits.push_back(remove_path(std::string(kUnits) + "/" + link, "it would ask for a user on the console and wait"));
    }
  }
  if (edits.empty()) return edits;
  KRAKEN_ASSIGN(const bool banner, is_there(tree, kBanner));
  if (banner) edits.push_back(remove_path(std::string(kBanner), "SSH would say that there is no user yet"));
  KRAKEN_ASSIGN(const bool console, is_there(tree, kConsole));
  KRAKEN_ASSIGN(const std::string getty, unit_file(tree, "getty@.service"));
  if (!console && !getty.empty()) {
    edits.push_back({How::kMakeSymlink, std::string(kConsole), getty, "the console would have no login"});
  }
  return edits;
}

Result<OsEdits> find_ssh_enablement(ImageTree& tree) {
  constexpr std::string_view kForbidden =
      "/etc/ssh/sshd_not_to_be_run";  // openssh-server's ssh.service, ConditionPathExists
  OsEdits edits;
  KRAKEN_ASSIGN(const bool forbidden, is_there(tree, kForbidden));
  if (forbidden) edits.push_back(remove_path(std::string(kForbidden), "the SSH server would not start"));
  KRAKEN_ASSIGN(const bool by_socket, is_enabled(tree, "ssh.socket"));
  KRAKEN_ASSIGN(const bool socket_masked, is_masked(tree, "ssh.socket"));
  if (by_socket && !socket_masked) return edits;
  for (const std::string unit : {"ssh.service", "sshd.service"}) {
    KRAKEN_ASSIGN(const std::string file, unit_file(tree, unit));
    if (file.empty()) continue;
    KRAKEN_ASSIGN(const OsEdits enable, enable_unit(tree, unit, file));
    edits.insert(edits.end(), enable.begin(), enable.end());
    return edits;
  }
  return edits;
}

std::optional<std::string> cmdline_trap(std::string_view cmdline) {
  const std::string_view line = cmdline.substr(0, cmdline.find('\n'));
  if (line.find("firstboot") != std::string_view::npos) {
    return "cmdline.txt holds the text \"firstboot\", for which Raspberry Pi OS's initramfs searches to grow the root "
           "partition; name what it is part of differently";
  }
  // /proc/cmdline has the firmware's words before ours, so the first word has a space before it too.
  if (line.starts_with("resize") || line.find(" resize") != std::string_view::npos) {
    return "cmdline.txt holds a word that begins with \"resize\", for which Raspberry Pi OS's initramfs searches to "
           "grow "
           "the root partition and change the disk id; leave it out";
  }
  return std::nullopt;
}

}  // namespace kraken
