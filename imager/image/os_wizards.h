// What images do by themselves at their first boot, and what switches it off: growing the root, making new host keys,
// new disk ids, asking for a user. Each finder answers with edits for what it finds in this image, and none for the
// rest. The sources named below are public repositories: owner/name, branch, file.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fs/image_tree.h"
#include "image/os_edit.h"

namespace kraken {

// Words of cmdline.txt that start a first-boot program of the image:
//   init=/usr/lib/raspi-config/init_resize.sh        RPi-Distro/raspi-config bullseye: grows the root, new disk id
//   init=/usr/lib/raspberrypi-sys-mods/firstboot     RPi-Distro/raspberrypi-sys-mods bookworm: host keys, custom.toml,
//                                                    new disk id; its initramfs script grows the root
//   resize                                           RPi-Distro/raspberrypi-sys-mods pios/trixie,
//                                                    initramfs-tools/scripts/{local-premount/resize_early,
//                                                    local-bottom/set_partuuid}
//   systemd.run=...firstrun.sh and its companions    raspberrypi/rpi-imager, src/downloadthread.cpp: the image has been
//                                                    customised by another tool
// An init= that is none of these, nor the usual init, is a warning.
Result<OsEdits> find_cmdline_wizards(std::string_view cmdline, std::vector<std::string>& warnings);

// Enabled units and init scripts of that kind: their enablement is removed. Units that look like one and are not known
// become warnings.
Result<OsEdits> find_unit_wizards(ImageTree& tree, std::vector<std::string>& warnings);

// cloud-init, where it would run: /etc/cloud/cloud-init.disabled (canonical/cloud-init, tools/ds-identify). It would
// make other host keys (ssh_deletekeys), set the host name from its meta-data, grow the root, and write the network's
// files.
Result<OsEdits> find_cloud_init(ImageTree& tree, std::vector<std::string>& warnings);

// userconf-pi's dialogue, for a user that is made otherwise (RPi-Distro/userconf-pi, cancel-rename): the service, the
// banner for SSH, and the console's login that it put off. Empty where userconfig.service is not enabled.
Result<OsEdits> find_user_dialogue(ImageTree& tree);

// What makes the SSH server start at boot; empty when it already does. Checks the units of OpenSSH as Debian packages
// them (ssh.service, or ssh.socket as Ubuntu enables it).
Result<OsEdits> find_ssh_enablement(ImageTree& tree);

// Why a finished command line would set one of the image's own scripts off by accident; nothing when it would not. The
// scripts search /proc/cmdline for bare texts: "firstboot" (raspberrypi-sys-mods bookworm, initramfs-tools/scripts/
// local-premount/firstboot) and " resize" (pios/trixie, resize_early), whatever word they are part of.
std::optional<std::string> cmdline_trap(std::string_view cmdline);

}  // namespace kraken
